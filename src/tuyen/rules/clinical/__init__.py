"""What the record is held to: measures, programmes, schedules of care, all by date."""
