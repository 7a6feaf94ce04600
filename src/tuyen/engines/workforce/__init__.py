"""People at work as numbers: norms, workload, cohorts to come, and who goes where."""
