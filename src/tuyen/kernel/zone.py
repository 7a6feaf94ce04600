"""The zone of the clock on the wall: days and hours of the law are Vietnam's, wherever the machine stands."""

from datetime import timedelta, timezone

VIETNAM = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")
