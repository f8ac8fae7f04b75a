"""What calendars are fed: one writer for every iCalendar object."""
