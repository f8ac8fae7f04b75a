"""The desk of one event: what needs an organiser now, and the figures of before, the day itself, and after."""
