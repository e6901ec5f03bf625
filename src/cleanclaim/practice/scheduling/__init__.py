"""Appointments: booked, arrived, completed; what the desk must mend before the visit."""
