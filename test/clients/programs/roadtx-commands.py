"""Runs commands of roadtx, each in a process of its own that has imported it already.

The first word is the program. Each line of the input has the words of a command (JSON), and each line of the output what it
wrote and its exit code.
"""
import json
import os
import runpy
import sys
import tempfile

import roadtools.roadtx.main  # noqa: F401  takes most of the time of a command


def run(words):
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if child == 0:
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(out.fileno(), 1)
            os.dup2(err.fileno(), 2)
            sys.argv = [sys.argv[1], *words]
            runpy.run_path(sys.argv[0], run_name="__main__")
            os._exit(0)
        _, status = os.waitpid(child, 0)
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode())
        return {"out": texts[0], "err": texts[1], "code": os.waitstatus_to_exitcode(status)}


for line in sys.stdin:
    print(json.dumps(run(json.loads(line))), flush=True)
