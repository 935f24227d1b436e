"""Executors that some laws do not apply to, and the processes that the laws watch."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import seqreason
from seqreason.errors import SpecError
from seqreason.registry import Registration
from seqreason.registry.manager import Origin
from seqreason.testing import Effort, Examination, Subject, Verdict
from seqreason.testing.laws.process.children import descendants, left_of


class InThisProcess(seqreason.Executor):
    name = "in-this-process"

    def __init__(self, config, context):
        pass

    def execute(self, run, jobs):
        for place, job in enumerate(jobs):
            yield place, run(job)


class WithoutItsPackage(InThisProcess):
    name = "without-its-package"

    def execute(self, run, jobs):
        raise SpecError("needs the package cluster")
        yield


def outcome(plugin, law):
    registration = Registration("executor", plugin, Origin("mine", "tests", "1"))
    return Examination(Subject.of(registration), Effort(cases=1)).outcome(law)


def test_jobs_in_this_process_are_not_killed():
    tried = outcome(InThisProcess, "job-retry")
    assert tried.verdict == Verdict.SKIPPED
    assert tried.message == "it runs jobs in this process, which would end too"


def test_a_package_that_is_found_missing_only_when_jobs_come_breaks_no_law():
    tried = outcome(WithoutItsPackage, "job-coverage")
    assert (tried.verdict, tried.message) == (Verdict.SKIPPED, "needs the package cluster")


@pytest.fixture
def family():
    """A child process, and the id of a grandchild that it started."""
    program = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as parent:
        yield parent, int(parent.stdout.readline())
        parent.kill()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_a_grandchild_is_found_and_outlives_its_parent(family):
    parent, grandchild = family
    assert {parent.pid, grandchild} <= descendants()
    parent.kill()
    parent.wait()
    assert left_of({parent.pid, grandchild}) == {grandchild}
    os.kill(grandchild, 9)
    assert left_of({grandchild}) == set()
