"""The verifier needs Python and `cryptography`, so that an auditor can carry it anywhere."""

import subprocess
import sys

OURS = {"chronicle", "chronicle.canonical", "chronicle.merkle", "chronicle.signature"}
LOADED = """
import sys
before = set(sys.modules)
import chronicle.verify.check
print(*sorted(set(sys.modules) - before))
"""


def test_it_loads_nothing_but_the_standard_library_and_cryptography() -> None:
    ran = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    loaded = ran.stdout.split()
    ours = {name for name in loaded if name.startswith("chronicle")}
    assert {name for name in ours if not name.startswith("chronicle.verify")} == OURS
    used = {name.partition(".")[0] for name in loaded if not name.startswith("_")}
    assert used - sys.stdlib_module_names == {"chronicle", "cryptography"}
