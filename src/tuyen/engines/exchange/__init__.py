"""Files from people: any table in, typed columns and findings out; safe tables back."""
