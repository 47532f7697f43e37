"""Tables, and later charts, maps and documents: functions of (Experiment, language)."""
