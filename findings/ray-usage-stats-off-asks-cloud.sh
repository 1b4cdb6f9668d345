#!/usr/bin/env bash
# Ray 2.60.0: with its reports turned off (RAY_USAGE_STATS_ENABLED=0, the documented switch) `ray.init` of a local
# cluster still asks three addresses at which clouds describe a machine: 169.254.169.254 as Azure and as AWS, and the
# name metadata.google.internal, for a report that is then not sent. UsageStatsHead.run in
# dashboard/modules/usage_stats/usage_stats_head.py reads the configuration of the cluster, and with it the cloud,
# before it looks at the switch; include_dashboard=False does not help, for the process that is then started loads this
# module alone. So a machine that should contact nobody looks up a name, and a firewall or an audit sees it.
#
# Seen: "reports are on: False; asked: 169.254.169.254 169.254.169.254 metadata.google.internal".
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip --disable-pip-version-check install --quiet ray==2.60.0

mkdir "$place/site"
cat > "$place/site/sitecustomize.py" << 'END'
import os
import sys


def watch(event, arguments):
    if event == "socket.getaddrinfo" and str(arguments[0]).startswith(("169.254.", "metadata.")):
        with open(os.environ["ASKED"], "a") as file:
            file.write(f"{arguments[0]}\n")
        raise OSError("not asked any further")


sys.addaudithook(watch)
END
export ASKED="$place/asked" PYTHONPATH="$place/site" RAY_USAGE_STATS_ENABLED=0
"$place/venv/bin/python" - > "$place/seen" 2> "$place/log" << 'END' || { cat "$place/log"; exit 1; }
import os
import time

import ray
from ray._common.usage.usage_lib import usage_stats_enabled

ray.init(num_cpus=1, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
asked = []
for _ in range(120):
    asked = open(os.environ["ASKED"]).read().split() if os.path.exists(os.environ["ASKED"]) else []
    if len(asked) >= 3:
        break
    time.sleep(0.5)
ray.shutdown()
print(f"reports are on: {usage_stats_enabled()}; asked: {' '.join(sorted(asked))}")
END
cat "$place/seen"
diff "$place/seen" - << 'END'
reports are on: False; asked: 169.254.169.254 169.254.169.254 metadata.google.internal
END
