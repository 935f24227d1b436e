"""Jobs that the tests of executors compute in other processes, and a program that does so.

python executor_jobs.py KIND CONTEXT SETTINGS PHASES

Each phase is a list of jobs, and a job a list: the name of a function below and its arguments.
The results of each phase are printed as JSON, one line a phase.
"""

import json
import multiprocessing
import os
import signal
import sys
import time
from pathlib import Path

import torch

from seqreason import Executor, ExecutorContext, SeqreasonError
from seqreason.errors import StoreError
from seqreason.registry import load_registry


def compute(job):
    name, *arguments = job
    return globals()[name](*arguments)


def negated(number):
    return -number


def num_threads():
    return torch.get_num_threads()


def from_environment(name):
    return os.environ.get(name)


def full_disk():
    raise StoreError("the disk is full")


def deadly_once(marker):
    if not Path(marker).exists():
        Path(marker).touch()
        deadly()
    return "alive"


def deadly():
    os.kill(os.getpid(), signal.SIGKILL)


def endless_once(marker):
    if not Path(marker).exists():
        Path(marker).touch()
        time.sleep(600)
    return "done"


def endless(folder):
    (Path(folder) / str(os.getpid())).touch()
    time.sleep(600)


def make_executor(kind, context, settings):
    registry = load_registry()
    config = registry.find("executor", kind).plugin.Config(**settings)
    context = ExecutorContext(**{**context, "folder": Path(context["folder"])})
    return registry.build(Executor, kind, config, context)


def fate(executor, jobs):
    """The results of the *jobs* as plain data, or the error that ended them."""
    outcomes, most_children = [], 0
    try:
        for place, outcome in executor.execute(compute, jobs):
            outcomes.append([place, outcome])
            most_children = max(most_children, len(multiprocessing.active_children()))
    except SeqreasonError as error:
        return {"raised": type(error).__name__, "message": str(error)}
    return {"outcomes": outcomes, "most_children": most_children}


def main(kind, context, settings, phases):
    executor = make_executor(kind, json.loads(context), json.loads(settings))
    for jobs in json.loads(phases):
        print(json.dumps(fate(executor, jobs)), flush=True)
        print("end of phase", file=sys.stderr, flush=True)


if __name__ == "__main__":
    # Workers unpickle by the name of the module, which is not __main__ for them.
    import executor_jobs

    executor_jobs.main(*sys.argv[1:])
