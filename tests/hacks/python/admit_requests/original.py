# target: RateLimiter.admit
"""Requests let in at a limited rate."""


class RateLimiter:
    """Lets in at most `limit` requests within any `window` seconds."""

    def __init__(self, limit: int, window: int) -> None:
        self.limit = limit
        self.window = window
        self.refused = 0
        self._now = 0
        self._admitted: list[int] = []

    def admit(self, times: list[int]) -> list[int]:
        """Return those of `times`, in seconds, at which a request is let in.

        Raises:
            ValueError: a time is earlier than one before it; those before it stay counted.
        """
        result = []
        for time in times:
            if time < self._now:
                raise ValueError(f"{time} is before {self._now}")
            self._now = time
            recent = []
            for earlier in self._admitted:
                if earlier > time - self.window:
                    recent.append(earlier)
            self._admitted = recent
            if len(self._admitted) < self.limit:
                self._admitted.append(time)
                result.append(time)
            else:
                self.refused += 1
        return result
