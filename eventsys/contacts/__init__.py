"""People who meet at an event and give each other their card, each by their own consent."""
