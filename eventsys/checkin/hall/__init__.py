"""The hall: phones need HTTPS, and the machine that serves them there has no public name. So it vouches for itself."""

from eventsys.checkin.hall.addresses import addresses_here, hostname_here
from eventsys.checkin.hall.authority import Authority, find_authority
from eventsys.checkin.hall.certificates import Papers, prepare

__all__ = ["Authority", "Papers", "addresses_here", "find_authority", "hostname_here", "prepare"]
