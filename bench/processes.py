"""Who used the processor: each of our processes, each backend by the role it works for."""

import os
from dataclasses import dataclass

import asyncpg
import psutil

BACKENDS = "select pid, usename from pg_stat_activity where usename is not null"


@dataclass(frozen=True, slots=True)
class Used:
    """Seconds of processor time, by whom: `referrals api`, `backend referrals_service`, `kafka`."""

    seconds: dict[str, float]

    def since(self, before: "Used") -> dict[str, float]:
        return {who: now - before.seconds.get(who, 0.0) for who, now in self.seconds.items()}


async def used(admin_url: str, ours: dict[str, int]) -> Used:
    """`ours` are the pids of our processes by name; backends that ended meanwhile are left out."""
    seconds = {name: of(pid) for name, pid in ours.items()}
    db = await asyncpg.connect(admin_url)
    rows = await db.fetch(BACKENDS)
    await db.close()
    for row in rows:
        who = f"backend {row['usename']}"
        seconds[who] = seconds.get(who, 0.0) + of(row["pid"])
    seconds["postgresql, itself"] = sum(map(of, servers())) - sum(
        value for who, value in seconds.items() if who.startswith("backend")
    )
    seconds["kafka"] = sum(of(pid) for pid in children("kafka.Kafka"))
    return Used(seconds)


def of(pid: int) -> float:
    try:
        times = psutil.Process(pid).cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)


def servers() -> list[int]:
    """The postmaster of this run and all it started."""
    return [
        child.pid
        for postmaster in children("postgres")
        for child in (psutil.Process(postmaster), *psutil.Process(postmaster).children())
    ]


def children(said: str) -> list[int]:
    """Direct children of this process whose program is, or whose arguments hold, this."""
    found = []
    for child in psutil.Process(os.getpid()).children():
        argv = child.cmdline()
        if argv and (os.path.basename(argv[0]) == said or said in argv):
            found.append(child.pid)
    return found
