"""Print queues, spoken to by the Internet Printing Protocol (RFC 8010 and RFC 8011) through pyipp.

Each function is one conversation with its own short limits. Only addresses that administrators wrote are asked, no
redirection is followed, and nothing of an answer is passed on but numbers and the keywords that we know.
"""

from eventsys.checkin.printing.ipp.jobs import Fate, Looked, begin, cancel, find, hand_over, look, send
from eventsys.checkin.printing.ipp.queues import Queue, ask_queue

__all__ = ["Fate", "Looked", "Queue", "ask_queue", "begin", "cancel", "find", "hand_over", "look", "send"]
