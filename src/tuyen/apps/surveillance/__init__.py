"""Case reports, the counts made of them, and the alarms that counts raise."""
