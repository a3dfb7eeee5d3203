"""A PostgreSQL server of its own: a cluster in a folder, reached through a socket there, gone after the run."""

import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

from harness.programs import ProgramFailed, Server, cpu_of, run_program

# Those of Catalog/PostgresServer.swift, with its reasons; durability is as PostgreSQL comes.
SETTINGS = [
    "shared_buffers=1GB", "work_mem=256MB", "maintenance_work_mem=1GB", "effective_cache_size=8GB",
    "random_page_cost=1.1", "max_wal_size=4GB", "jit=off", "listen_addresses=", "autovacuum=off",
]


class Postgres:
    """Makes a cluster in `folder`, below folders that anybody may enter, and serves it until the `with` ends."""

    def __init__(self, folder):
        self.folder = folder
        self.programs = next(
            (path for path in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
             if (path / "postgres").exists()), None)
        if not self.programs:
            raise ProgramFailed("PostgreSQL is not installed: run scripts/setup --bench")
        folder.mkdir(mode=0o700)
        # It refuses to run as root; Debian's package makes a user for it, who may not enter every folder.
        # However the benchmarks end, the server ends with them.
        self.as_user = ["setpriv", "--pdeathsig", "INT"]
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
            self.as_user = ["env", "--chdir=/", "setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups",
                            "--pdeathsig", "INT"]
        run_program([*self.as_user, self.programs / "initdb", "-D", folder / "cluster", "-A", "trust", "-U", "bench",
                     "-E", "UTF8", "--locale=C", "--no-sync"])
        options = [part for setting in SETTINGS for part in ("-c", setting)]
        self.server = Server(
            [*self.as_user, self.programs / "postgres", "-D", folder / "cluster", *options, "-k", folder],
            end_signal=signal.SIGINT)

    def __enter__(self):
        self.server.__enter__()
        try:
            self.server.wait_until(self.is_up)
        except ProgramFailed:
            self.server.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.server.__exit__()

    @property
    def place(self):
        """Where libpq finds it."""
        return f"host={self.folder} user=bench dbname=postgres"

    def is_up(self):
        return subprocess.run(
            [self.programs / "pg_isready", "-h", self.folder, "-q"], stdout=subprocess.DEVNULL).returncode == 0

    def connect(self):
        import psycopg2
        connection = psycopg2.connect(self.place)
        connection.autocommit = True
        return connection

    def run(self, *statements):
        """Runs statements one after the other, each by itself, as VACUUM wants it."""
        connection = self.connect()
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
        connection.close()

    def cpu(self):
        """Seconds of CPU of the server and of all that it has started, those that have ended included."""
        fields = Path(f"/proc/{self.server.process.pid}/stat").read_text().rpartition(")")[2].split()
        ended = (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")
        return ended + sum(map(cpu_of, self.server.processes))

    def pgbench(self, log, *arguments):
        """What `pgbench` counted: transactions a second, transactions, and the milliseconds of those it wrote down."""
        for old in log.parent.glob(f"{log.name}.*"):
            old.unlink()
        output = run_program([*self.as_user, self.programs / "pgbench", "-h", self.folder, "-U", "bench", "-n", "-l",
                              f"--log-prefix={log}", *arguments, "postgres"]).output.decode()
        rate = re.search(r"^tps = ([\d.]+)", output, re.MULTILINE)
        count = re.search(r"^number of transactions actually processed: (\d+)", output, re.MULTILINE)
        if not rate or not count:
            raise ProgramFailed(f"pgbench: {output.strip()[-300:]}")
        lines = [line.split() for path in log.parent.glob(f"{log.name}.*") for line in path.read_text().splitlines()]
        return float(rate[1]), int(count[1]), [int(line[2]) / 1e3 for line in lines]
