"""Money and what it buys: packages of work chosen under budgets, payments held against a plan."""
