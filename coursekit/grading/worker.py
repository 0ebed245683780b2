"""The zygote: a warm process that imports torch once, forks a locked child per submission, and buries it.

It runs as `python -c START PATHS FD...` (see `launch.py`), inside bubblewrap at level namespace, and forks a server
for each of the sockets FD, which sends "warm" and then takes one grader's requests. They come as frames:
("fork", level, hidden modules) with two descriptors, the child's socket and the pipe for what it prints, is answered
by the child's process number (0: it could not be locked); ("seconds", pid) by the processor time it has used; ("end",
pid, patience) kills it and everything it left, and is answered by its wait status. `patience` in seconds lets a child
that is dying by itself do so: killed at once, it would look killed. Closing the socket ends all of them.
"""

import contextlib
import ctypes
import gc
import os
import signal
import socket
import struct
import sys
import tempfile
import time
import traceback

import torch

from coursekit.grading import sandbox, wire
from coursekit.grading.standins import spare_the_compiler

NUMBER = struct.Struct("<i")


def main() -> None:
    """Warms up, then becomes one server per socket, and waits until the graders have closed them all."""
    connections = [socket.socket(fileno=int(fd)) for fd in sys.argv[2:]]
    sandbox.prctl(sandbox.PR_SET_PDEATHSIG, sandbox.SIGKILL)
    warm_up()
    for own in connections:
        if os.fork() == 0:
            for other in connections:
                if other is not own:
                    other.close()
            try:
                serve(own)
            finally:
                os._exit(0)
    for connection in connections:
        connection.close()
    for _ in connections:
        os.wait()


def serve(connection: socket.socket) -> None:
    """Says that it is warm, and answers one grader's requests until it closes the socket."""
    sandbox.prctl(sandbox.PR_SET_PDEATHSIG, sandbox.SIGKILL)
    sandbox.prctl(sandbox.PR_SET_CHILD_SUBREAPER, 1)  # whoever loses its parent is ours to end
    children: set[int] = set()
    try:
        wire.send(connection.fileno(), wire.encode("warm"))
        while True:
            request, fds = received(connection)
            if request[0] == "fork":
                pid = forked(connection, request[1], tuple(request[2]), *fds)
                children.add(pid)
                answer: object = pid
            elif request[1] not in children:
                answer = None
            elif request[0] == "seconds":
                answer = seconds_used(request[1])
            else:
                children.discard(request[1])
                answer = ended(request[1], request[2])
                end_strays(children)
            wire.send(connection.fileno(), wire.encode(answer))
    except (EOFError, OSError):
        for pid in children:
            ended(pid, patience=0)
        end_strays(set())


def received(connection: socket.socket) -> tuple[tuple, list[int]]:
    """The next request and the descriptors that came with it."""
    start, fds, _, _ = socket.recv_fds(connection, wire.LENGTHS.size, 2)
    if not start:
        raise EOFError
    start += wire.read_exactly(connection.fileno(), wire.LENGTHS.size - len(start), float("inf"))
    rest = wire.read_exactly(connection.fileno(), sum(wire.checked_lengths(start)), float("inf"))
    return wire.decode(start + rest), fds


def warm_up() -> None:
    """Runs once what torch and numpy import or allocate at first use, on one thread: threads do not survive a fork."""
    torch.set_num_threads(1)
    import numpy.random  # noqa: F401 - numpy imports it at first use

    spare_the_compiler()
    net = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3), torch.nn.Flatten(), torch.nn.Linear(72, 1))
    optimizer = torch.optim.Adam(net.parameters())
    net(torch.randn(2, 1, 8, 8)).sum().backward()
    optimizer.step()
    torch.broadcast_shapes((1,), (1,))  # imports sympy; every loss with a weight calls it
    import coursekit.grading.child  # noqa: F401 - children run it

    prepare_pictures()
    gc.collect()
    gc.freeze()  # collections in a child then leave the shared pages alone
    gather_pages()
    sys.dont_write_bytecode = True


def prepare_pictures() -> None:
    """Imports what exercises draw with, half a second that every child would spend; then its folder is gone again."""
    with tempfile.TemporaryDirectory(prefix="coursekit-") as folder, contextlib.suppress(ImportError):
        os.environ["MPLCONFIGDIR"] = folder  # matplotlib writes a list of fonts, and children must have none to write
        import IPython.display  # noqa: F401
        import matplotlib.pyplot  # noqa: F401
        import tqdm.auto  # noqa: F401


def gather_pages() -> None:
    """Moves private memory into huge pages, where the kernel can: a fork then copies page tables 4 times as fast."""
    size, collapse = 2 << 20, 25  # of a huge page; MADV_COLLAPSE of Linux 6.1, an error without effect before
    with open("/proc/self/maps") as maps:
        regions = [line.split() for line in maps]
    for region in regions:
        if region[1] == "rw-p" and region[4] == "0" and region[-1] in ("0", "[heap]"):
            begin, end = (int(address, 16) for address in region[0].split("-"))
            for start in range(-(-begin // size) * size, end // size * size, size):
                sandbox.libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(size), collapse)


def forked(connection: socket.socket, level: str, hidden: tuple[str, ...], channel: int, output: int) -> int:
    """Forks a child that serves `channel` and prints to `output`; its process number."""
    if level == "namespace":
        pid = forked_into_namespaces(connection, hidden, channel, output)
    else:
        pid = os.fork()
        if pid == 0:
            become_child(connection, level, hidden, channel, output)
    os.close(channel)
    os.close(output)
    return pid


def forked_into_namespaces(connection: socket.socket, hidden: tuple[str, ...], channel: int, output: int) -> int:
    """As `forked`, through a process that enters new namespaces, forks the child into them, and exits."""
    reader, writer = os.pipe()
    between = os.fork()
    if between == 0:
        with contextlib.suppress(OSError):
            sandbox.enter_namespaces()
            pid = os.fork()
            if pid == 0:
                become_child(connection, "namespace", hidden, channel, output)
            os.write(writer, NUMBER.pack(pid))
        os._exit(0)
    os.close(writer)
    answer = os.read(reader, NUMBER.size)
    os.close(reader)
    os.waitpid(between, 0)
    return NUMBER.unpack(answer)[0] if answer else 0


def become_child(connection: socket.socket, level: str, hidden: tuple[str, ...], channel: int, output: int) -> None:
    """Turns this fork into a locked child, serves the channel, and never returns."""
    status = 1
    try:
        connection.close()
        os.setsid()
        if level != "namespace":  # there the end of the zygote ends its namespace and all in it
            sandbox.prctl(sandbox.PR_SET_PDEATHSIG, sandbox.SIGKILL)
        null = os.open("/dev/null", os.O_RDONLY)
        for number, fd in enumerate((null, output, output, channel)):
            os.dup2(fd, number + 100)
        for number in range(4):
            os.dup2(number + 100, number)
        os.closerange(4, 1 << 16)
        sandbox.lock(level, sandbox.readable(sys.path, hidden), [*sys.path[:-1], str(sandbox.package())])
        from coursekit.grading.child import serve

        serve(3, hidden)
        status = 0
    except BaseException:
        os.write(2, traceback.format_exc().encode())
    finally:
        os._exit(status)  # no atexit handler, no flush of what the zygote had buffered


def seconds_used(pid: int) -> float:
    """Processor time of a child in seconds; 0 if it is gone."""
    try:
        return time.clock_gettime((~pid << 3) | 2)  # the kernel's number for "all threads of this process"
    except OSError:
        return 0.0


def ended(pid: int, patience: float) -> int:
    """Ends a child with its process group, after `patience` seconds if it has not exited by itself; its wait status."""
    deadline = time.monotonic() + patience
    while not exited(pid) and time.monotonic() < deadline:
        time.sleep(0.002)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    return os.waitpid(pid, 0)[1]


def exited(pid: int) -> bool:
    """Whether a child has exited; its status stays to be read."""
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def end_strays(children: set[int]) -> None:
    """Kills processes that a child at level none has left behind: they are children of the zygote now."""
    for _ in range(1000):
        with open(f"/proc/self/task/{os.getpid()}/children") as listing:
            strays = set(map(int, listing.read().split())) - children
        if not strays:
            return
        for pid in strays:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)
