"""Processor time of the processes that serve a request: the API's, and the database server's."""

from dataclasses import dataclass

import psutil


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of processor time."""

    api: float
    database: float

    def __sub__(self, other: "Spent") -> "Spent":
        return Spent(self.api - other.api, self.database - other.database)

    @property
    def total(self) -> float:
        """Both together."""
        return self.api + self.database


class CpuMeter:
    """What an API process and a local PostgreSQL have spent so far, ended backends included."""

    def __init__(self, api: int, postmaster: int) -> None:
        self._api = psutil.Process(api)
        self._postmaster = psutil.Process(postmaster)

    def read(self) -> Spent:
        """Return the sum so far."""
        own = self._postmaster.cpu_times()
        # Backends and parallel workers that have ended stand with the postmaster.
        spent = own.user + own.system + own.children_user + own.children_system
        for child in self._postmaster.children():
            try:
                times = child.cpu_times()
            except psutil.NoSuchProcess:
                continue
            spent += times.user + times.system
        api = self._api.cpu_times()
        return Spent(api.user + api.system, spent)


def postmaster_of(backend: int) -> int:
    """Return the server's process, of one of its backends."""
    return psutil.Process(backend).ppid()
