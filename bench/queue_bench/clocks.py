"""The clocks that stand in handlers, the same for every side."""

import asyncio
import time


class Stopwatch:
    """From the first job to the last of a number."""

    def __init__(self, jobs: int) -> None:
        self.jobs, self.done, self.began, self.ended = jobs, 0, 0.0, 0.0
        self.all = asyncio.Event()

    def tick(self) -> None:
        now = time.perf_counter()
        if not self.done:
            self.began = now
        self.done += 1
        if self.done == self.jobs:
            self.ended = now
            self.all.set()


class Begun(asyncio.Event):
    """That a handler has its job, and when: whoever waits for it hears of it a little later."""

    at = 0.0

    def set(self) -> None:
        self.at = time.perf_counter()
        super().set()
