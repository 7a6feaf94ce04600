"""Where what programs and tablets send to this process meets, to be committed together."""

from tuyen.apps.access import clock
from tuyen.apps.journal.together import Meeting

meeting = Meeting(lambda: clock.now())  # asked of the clock that runs then
