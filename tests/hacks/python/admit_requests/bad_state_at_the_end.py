# class: dropped side effect (an exception leaves the object as it was before the call); gate: replay, fuzz
from collections import deque


def admit(self, times: list[int]) -> list[int]:
    """Return those of `times`, in seconds, at which a request is let in."""
    result = []
    admitted = deque(self._admitted)
    now = self._now
    refused = 0
    for time in times:
        if time < now:
            raise ValueError(f"{time} is before {now}")
        now = time
        while admitted and admitted[0] <= time - self.window:
            admitted.popleft()
        if len(admitted) < self.limit:
            admitted.append(time)
            result.append(time)
        else:
            refused += 1
    self._admitted = list(admitted)
    self._now = now
    self.refused += refused
    return result
