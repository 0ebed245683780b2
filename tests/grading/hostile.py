"""Hostile, broken and honest submissions for checks/test_03_examples.py, with the points that each deserves.

A check of js_divergence is worth 2 points, those of optimal_discriminator and train_step 1 each. Most attacks sit in
js_divergence, which gives the right answer only if the attack succeeds: a point for it is a hole in the sandbox.
"""
# ruff: noqa: E501 - a table: one submission a row

import json
from dataclasses import dataclass

ENDED = ("timeout", "crashed", "violation", "error")
CONFINED = ("namespace", "landlock")
EVERYWHERE = (*CONFINED, "none")

REFERENCE = """
import torch
def right(p, q):
    m = (p + q) / 2
    return ((p * (p / m).log()).sum() + (q * (q / m).log()).sum()) / 2
def js_divergence(p, q):
    return right(p, q)
def optimal_discriminator(p, q):
    return p / (p + q)
def train_step(net, optimizer, x):
    loss = (net(x) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss
"""
WRONG = """
import torch
def js_divergence(p, q):
    return torch.tensor(7.0)
def optimal_discriminator(p, q):
    return torch.zeros(5)
def train_step(net, optimizer, x):
    return (net(x) ** 2).mean() * 0
"""


@dataclass(frozen=True)
class Case:
    """A submission: file name's ending, content, the points it deserves, the statuses that js_divergence may get."""

    name: str
    content: bytes
    points: int
    statuses: tuple[str, ...]
    suffix: str = ".py"
    levels: tuple[str, ...] = EVERYWHERE
    slow: bool = False


def indented(code: str) -> str:
    return "".join(f"    {line}\n" for line in code.strip().splitlines())


def in_call(name: str, attack: str, statuses: tuple[str, ...] = ENDED, **more: object) -> Case:
    """The attack costs js_divergence, and nothing else."""
    source = f"{REFERENCE}\ndef js_divergence(p, q):\n{indented(attack)}    return right(p, q)\n"
    return Case(name, source.encode(), 2, statuses, **more)


def at_import(name: str, attack: str, **more: object) -> Case:
    """The attack at import costs every check."""
    return Case(name, f"{attack}\n{REFERENCE}".encode(), 0, ENDED, **more)


def tampering(name: str, attack: str, **more: object) -> Case:
    """Wrong functions, and code that wants them to pass."""
    return Case(name, f"{WRONG}\n{attack}\n".encode(), 0, ("failed", *ENDED), **more)


def broken(name: str, content: str | bytes, suffix: str = ".py", **more: object) -> Case:
    raw = content if isinstance(content, bytes) else content.encode()
    return Case(name, raw, 0, ("error", "failed", "not_started", "timeout", "crashed"), suffix, **more)


def wrong(name: str, js_divergence: str, statuses: tuple[str, ...] = ("failed", "error")) -> Case:
    return Case(name, f"{REFERENCE}\n{js_divergence}\n".encode(), 2, statuses)


def honest(name: str, content: str | bytes, suffix: str = ".py") -> Case:
    raw = content if isinstance(content, bytes) else content.encode()
    return Case(name, raw, 4, ("passed",), suffix)


def notebook(*cells: str) -> bytes:
    made = [{"cell_type": "code", "source": cell.splitlines(keepends=True), "outputs": []} for cell in cells]
    return json.dumps({"cells": [{"cell_type": "markdown", "source": "# hi"}, *made], "nbformat": 4}).encode()


CRASHES = [
    in_call("exit_in_call", "import os; os._exit(0)", ("crashed",)),
    in_call("exit_with_failure", "import os; os._exit(3)", ("crashed",)),
    in_call("system_exit", "raise SystemExit(0)", ("error",)),
    in_call("quit", "import sys; sys.exit()", ("error",)),
    in_call("keyboard_interrupt", "raise KeyboardInterrupt", ("error",)),
    in_call("generator_exit", "raise GeneratorExit", ("error",)),
    in_call("segfault", "import ctypes; ctypes.string_at(0)", ("crashed",)),
    in_call("kill_itself", "import os, signal; os.kill(os.getpid(), signal.SIGSEGV); os._exit(1)", ("crashed",)),
    in_call("sigkill", "import os, time; os.kill(os.getpid(), 9); os._exit(1)", ("crashed",)),
    in_call("abort", "import os; os.abort()", ("crashed",)),
    in_call("endless_recursion", "return js_divergence(p, q)", ("error", "crashed")),
    in_call("deep_recursion_in_c", "import sys; sys.setrecursionlimit(10**9)\nreturn js_divergence(p, q)", slow=False),
    in_call("unprintable_error", "class E(Exception):\n    def __str__(self): raise E()\nraise E()", ("error",)),
    in_call(
        "error_that_exits", "import os\nclass E(Exception):\n    def __str__(self): os._exit(0)\nraise E", ("crashed",)
    ),
    in_call("own_base_exception", "class E(BaseException): pass\nraise E", ("error",)),
    in_call("error_group", "raise ExceptionGroup('x', [ValueError()])", ("error",)),
    in_call("huge_error", "raise ValueError('x' * 10**7)", ("error",)),
    in_call("pytest_skip", "import pytest; pytest.skip('no')", ("error",)),
    in_call("stop_iteration", "raise StopIteration", ("error",)),
    at_import("exit_at_import", "import os; os._exit(0)"),
    at_import("system_exit_at_import", "raise SystemExit(0)"),
    at_import("keyboard_interrupt_at_import", "raise KeyboardInterrupt"),
    at_import("error_at_import", "1 / 0"),
    at_import("segfault_at_import", "import ctypes; ctypes.string_at(0)"),
    at_import("parser_bomb", "x = " + "(" * 5000 + ")" * 5000),
    at_import("compiler_bomb", "x = " + "-" * 200_000 + "1"),
    at_import("nested_lambdas", "x = " + "lambda: " * 3000 + "0"),
]
RESOURCES = [
    in_call("endless_loop", "while True: pass", ("timeout",)),
    in_call(
        "loop_behind_except",
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
        ("timeout",),
    ),
    in_call("loop_in_c", "return sum(iter(int, 1))", ("timeout",)),
    in_call("big_power", "return 9 ** 9 ** 9", ("timeout", "error")),
    in_call(
        "signals_ignored",
        "import signal\nfor n in range(1, 65):\n    try: signal.signal(n, signal.SIG_IGN)\n    except Exception: pass\n"
        "while True: pass",
        ("timeout",),
    ),
    in_call("sleep", "import time; time.sleep(10**6)", ("timeout",), slow=True),
    in_call(
        "waits_for_itself",
        "import threading; lock = threading.Lock(); lock.acquire(); lock.acquire()",
        ("timeout",),
        slow=True,
    ),
    in_call("memory_of_lists", "x = []\nwhile True: x.append([0] * 10**7)", ("error", "crashed", "timeout")),
    in_call("memory_of_tensors", "return torch.ones(10**11)", ("error",)),
    in_call("memory_bit_by_bit", "x = [torch.ones(10**6) for _ in range(10**5)]", ("error", "crashed", "timeout")),
    in_call("stdout_flood", "while True: print('x' * 10**6)", ("timeout",)),
    in_call("stderr_flood", "import os\nwhile True: os.write(2, b'x' * 10**6)", ("timeout",)),
    in_call(
        "threads",
        "import threading, time\nfor _ in range(10**5): threading.Thread(target=time.sleep, args=(99,)).start()",
    ),
    in_call(
        "looping_threads",
        "import threading\ndef f():\n    while 1: pass\n[threading.Thread(target=f).start() for _ in '1234']\nf()",
        ("timeout",),
    ),
    in_call("file_handles", "x = [open('/dev/null') for _ in range(10**5)]", ("error",)),
    in_call("pipes", "import os\nwhile True: os.pipe()", ("error",)),
    in_call("huge_reply", "return torch.zeros(10**8)", ("error",)),
    in_call("wide_reply", "return [0] * 10**6", ("error",)),
    in_call("deep_reply", "x = []\nfor _ in range(10**5): x = [x]\nreturn x", ("error",)),
    in_call("reply_that_contains_itself", "x = []; x.append(x); return x", ("error",)),
    in_call("huge_integer", "return 10 ** 4000", ("failed",)),
    in_call("expanded_tensor", "return torch.zeros(1).expand(10**9)", ("error",)),
    in_call("fork_bomb", "import os\nwhile True: os.fork()", levels=CONFINED),
    in_call(
        "daemon", "import os\nif os.fork() == 0:\n    os.setsid(); os.fork()\n    while True: pass", levels=CONFINED
    ),
    in_call(
        "daemon_anywhere",
        "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork(): os._exit(0)\n    time.sleep(1000)\nos._exit(0)",
    ),
    in_call("subprocess", "import subprocess; subprocess.run(['true'], check=True)", levels=CONFINED),
    in_call(
        "multiprocessing",
        "import multiprocessing as m; x = m.Process(target=print); x.start(); x.join()",
        levels=CONFINED,
    ),
    in_call("disk", "open('/tmp/coursekit_was_here', 'wb').write(b'x' * 100)", levels=CONFINED),
    in_call("shared_memory", "open('/dev/shm/coursekit_was_here', 'wb').write(b'x')", levels=CONFINED),
    in_call("inodes", "import os\nfor n in range(9): os.mkdir(f'/tmp/coursekit_was_here_{n}')", levels=CONFINED),
    in_call("memory_file", "import os; os.memfd_create('x')", levels=CONFINED),
    in_call("more_memory_please", "import resource as r; r.setrlimit(r.RLIMIT_AS, (-1, -1))", levels=CONFINED),
    at_import("endless_import", "while True: pass", slow=True),
    at_import("sleeping_import", "import time; time.sleep(10**6)", slow=True),
]
TAMPERING = [
    tampering("patched_isclose", "import torch\ntorch.allclose = torch.testing.assert_close = lambda *a, **k: True"),
    tampering("patched_numpy", "import numpy\nnumpy.allclose = numpy.testing.assert_allclose = lambda *a, **k: True"),
    tampering(
        "patched_builtins", "import builtins\nbuiltins.abs = builtins.float = builtins.isinstance = lambda *a: 0"
    ),
    tampering("patched_tensor", "import torch\ntorch.Tensor.__eq__ = torch.Tensor.__lt__ = lambda *a: True"),
    tampering(
        "patched_pytest",
        "import _pytest.runner, _pytest.outcomes, os\n_pytest.runner.check_interactive_exception = os._exit",
    ),
    tampering("patched_random", "import torch\ntorch.rand = torch.randn = lambda *a, **k: torch.zeros(*a)"),
    tampering("patched_wire", "from coursekit.grading import wire\nwire.encode = lambda *a: b'passed'"),
    tampering(
        "patched_child",
        "from coursekit.grading import child\nchild.call = lambda *a: {'status': 'passed', 'points': 9}",
    ),
    tampering(
        "forged_fields",
        "from coursekit.grading import child\nold = child.framed\n"
        "child.framed = lambda a: old(a | {'points': 9, 'status': 'returned', 'passed': True, 'result': None})",
    ),
    tampering(
        "equal_to_all",
        "class E:\n    __eq__ = __lt__ = __gt__ = __le__ = lambda *a: True\n    __sub__ = __rsub__ = __abs__ = lambda *a: 0\n    __float__ = lambda s: 0.0\njs_divergence = optimal_discriminator = train_step = lambda *a: E()",
    ),
    tampering(
        "tensor_subclass",
        "class T(torch.Tensor):\n    __sub__ = __rsub__ = lambda *a: 0\njs_divergence = optimal_discriminator = lambda p, q: p.sum().as_subclass(T)",
    ),
    tampering(
        "torch_function",
        "class T(torch.Tensor):\n    @classmethod\n    def __torch_function__(c, f, t, a=(), k=None): return True\njs_divergence = optimal_discriminator = lambda p, q: torch.zeros(5).as_subclass(T)",
    ),
    tampering(
        "float_subclass", "class F(float):\n    __sub__ = __rsub__ = lambda *a: 0.0\njs_divergence = lambda p, q: F(3)"
    ),
    tampering(
        "reduce",
        "import os\nclass R:\n    def __reduce__(self): return (os._exit, (0,))\njs_divergence = optimal_discriminator = lambda p, q: R()",
    ),
    tampering(
        "false_class",
        "class C:\n    __class__ = torch.Tensor\njs_divergence = optimal_discriminator = lambda p, q: C()",
    ),
    tampering(
        "bytes_on_all_descriptors",
        "import os\ndef js_divergence(p, q):\n    for fd in range(64):\n        try: os.write(fd, b'passed' * 100)\n        except OSError: pass\noptimal_discriminator = js_divergence",
    ),
    tampering(
        "descriptors_at_import",
        "import os\nfor fd in range(64):\n    try: os.write(fd, b'\\x00' * 1000)\n    except OSError: pass",
    ),
    tampering(
        "closed_descriptors",
        "import os\ndef js_divergence(p, q): os.closerange(0, 99)\noptimal_discriminator = js_divergence",
    ),
    tampering(
        "announces_gigabytes",
        "import os\ndef js_divergence(p, q): os.write(3, b'\\xff' * 8)\noptimal_discriminator = js_divergence",
    ),
    tampering(
        "slow_reply",
        "import os, time\ndef js_divergence(p, q):\n    while 1: os.write(3, b'\\x00\\x00\\x0f\\x00'); time.sleep(.2)",
        slow=True,
    ),
    tampering(
        "replies_in_advance",
        "import os\nfrom coursekit.grading import wire\nx = wire.encode({'status': 'returned', 'result': 0.0, 'args': [], 'kwargs': {}})\nfor _ in range(9): os.write(3, x)",
    ),
    tampering("atexit", "import atexit, os\natexit.register(lambda: os.write(1, b'3 passed'))"),
    tampering("finalizer", "import os\nclass D:\n    def __del__(self): os._exit(0)\nx = D()"),
    tampering("score_lines", 'print(\'\\n3 passed in 0.01s\\n{"points": 9, "max_points": 4}\\n\\x1b[2J\')'),
    tampering(
        "frames",
        "import sys\ndef js_divergence(p, q):\n    f = sys._getframe()\n    while f:\n        for v in f.f_locals.values():\n            if isinstance(v, float): return v\n        f = f.f_back",
    ),
    tampering(
        "garbage_walk",
        "import gc, torch\ndef optimal_discriminator(p, q):\n    for x in gc.get_objects():\n        if type(x) is torch.Tensor and x.shape == (5,) and not x.equal(p) and not x.equal(q): return x\n    return p",
    ),
    tampering(
        "changes_arguments", "def optimal_discriminator(p, q):\n    p.fill_(0); q.fill_(1)\n    return p / (p + q)"
    ),
    tampering("default_dtype", "torch.set_default_dtype(torch.float64)"),
    tampering(
        "excepthook",
        "import sys\nsys.excepthook = sys.unraisablehook = lambda *a: None\nsys.modules['torch.testing'] = sys",
    ),
    tampering("reference_from_library", "from coursekit.theory import js_divergence, optimal_discriminator"),
    tampering(
        "reference_by_importlib",
        "import importlib\njs_divergence = importlib.import_module('coursekit.theory').js_divergence",
    ),
    tampering("checks_import", "import coursekit.checks"),
    tampering("module_of_tests", "import sys\njs_divergence = sys.modules['test_03_examples'].js_of_bernoulli"),
]
REACHING_OUT = [
    in_call(
        "reads_reference",
        "import pathlib, coursekit\npathlib.Path(coursekit.__file__).with_name('theory.py').read_text()",
    ),
    in_call("reference_past_the_hook", "import sys; sys.meta_path.pop(0); import coursekit.theory"),
    in_call(
        "reads_solutions",
        "import pathlib, coursekit\nx = pathlib.Path(coursekit.__file__).parents[1]\n(x / 'pyproject.toml').read_text()",
    ),
    in_call("reads_the_checks", "open(CHECKS).read()"),
    in_call("reads_other_submissions", "open(OTHER).read()"),
    in_call("lists_other_submissions", "import os; assert os.listdir(os.path.dirname(OTHER))"),
    in_call("reads_passwords", "open('/etc/passwd').read()"),
    in_call("reads_hosts", "open('/etc/hostname').read(); open('/etc/resolv.conf').read()"),
    in_call("reads_proc", "open('/proc/1/environ').read()"),
    in_call("reads_own_memory", "open('/proc/self/mem').read(1)"),
    in_call("reads_command_line", "open('/proc/self/cmdline').read()"),
    in_call("finds_processes", "import os; assert any(name.isdigit() for name in os.listdir('/proc'))"),
    in_call(
        "reads_environment",
        "import os; assert any(w in k for k in os.environ for w in ('SECRET', 'TOKEN', 'KEY', 'USER', 'VIRTUAL_ENV'))",
    ),
    in_call("reads_keys", "import os; os.listdir(os.path.expanduser('~root/.ssh'))"),
    in_call("reads_home", "import os; assert os.listdir('/root') + os.listdir('/home')"),
    in_call("tcp", "import socket; socket.create_connection(('127.0.0.1', PORT), 2)"),
    in_call("tcp_far", "import socket; socket.create_connection(('192.0.2.1', 80), 2)"),
    in_call("listens", "import socket; socket.socket().bind(('127.0.0.1', 0))"),
    in_call("udp", "import socket; socket.socket(2, 2).sendto(b'x', ('127.0.0.1', 53))"),
    in_call("dns", "import socket; socket.getaddrinfo('example.org', 80)"),
    in_call("unix_socket", "import socket; socket.socket(socket.AF_UNIX).connect('\\0x')"),
    in_call("netlink", "import socket; socket.socket(16, 3, 0)"),
    in_call("executes", "import os; os.execv('/bin/true', ['true'])", ("violation", "error")),
    in_call("system", "import os; assert os.system('true') == 0"),
    in_call("ptrace", "import ctypes; assert ctypes.CDLL(None).ptrace(16, 1, 0, 0) == 0", ("violation",)),
    in_call("signals_its_parent", "import os; assert os.getppid() > 1; os.kill(os.getppid(), 15)"),
    in_call("signals_everyone", "import os; os.kill(-1, 15)"),
    in_call("signals_its_group", "import os; os.kill(0, 15)"),
    in_call(
        "signals_by_file",
        "import fcntl, os\nr, w = os.pipe(); fcntl.fcntl(r, 10, 9); fcntl.fcntl(r, fcntl.F_SETOWN, os.getppid() or 1)",
    ),
    in_call("truncates_by_reading", "import os, torch; os.open(torch.__file__, os.O_RDONLY | os.O_TRUNC)"),
    in_call("writes_torch", "import torch; open(torch.__file__, 'a')"),
    in_call("removes", "import os, torch; os.rename(torch.__file__, torch.__file__ + 'x')"),
    in_call("mounts", "import ctypes; assert ctypes.CDLL(None).mount(b'/', b'/', 0, 4096, 0) == 0", ("violation",)),
    in_call("new_namespace", "import ctypes; assert ctypes.CDLL(None).unshare(0x10000000) == 0", ("violation",)),
    in_call("becomes_root", "import os; os.setuid(0); os.setresuid(0, 0, 0); open('/etc/shadow').read()"),
    in_call("own_traces_hidden", "import ctypes; assert ctypes.CDLL(None).prctl(1, 0) == 0"),
    in_call("old_call_numbers", "import ctypes; assert ctypes.CDLL(None).syscall(0x40000000 + 41, 1, 1, 0) >= 0"),
    in_call("ring", "import ctypes; assert ctypes.CDLL(None).syscall(425, 1, bytes(120)) >= 0", ("violation",)),
]
REACHING_OUT = [Case(c.name, c.content, c.points, c.statuses, c.suffix, CONFINED) for c in REACHING_OUT]
BROKEN = [
    broken("empty", ""),
    broken("syntax_error", "def js_divergence(p, q)\n    return 0"),
    broken("merge_markers", f"<<<<<<< HEAD\n{REFERENCE}\n=======\n>>>>>>> mine\n"),
    broken("bad_indentation", f"{REFERENCE}\n\tx = 1\n        y = 2"),
    broken("null_bytes", b"\x00" * 100 + REFERENCE.encode()),
    broken("binary", bytes(range(256)) * 50),
    broken("latin_without_saying", "x = 'ü'\n".encode("latin-1") + REFERENCE.encode()),
    broken("odd_encoding", b"# coding: utf-7\n" + REFERENCE.encode()),
    broken("unknown_encoding", b"# coding: klingon\n" + REFERENCE.encode()),
    broken("huge_file", REFERENCE.encode() + b"#" * (48 << 20)),
    broken("waits_for_input", f"x = input('name? ')\n{REFERENCE}"),
    broken("unknown_import", f"import not_a_package\n{REFERENCE}"),
    broken(
        "stub",
        "\n".join(
            f"def {f}(*a): raise NotImplementedError" for f in ("js_divergence", "optimal_discriminator", "train_step")
        ),
    ),
    broken("names_are_numbers", "js_divergence = 3; optimal_discriminator = None; train_step = 'x'"),
    broken("notebook_without_the_cells", notebook("x = 1", "%time x"), ".ipynb"),
    broken("notebook_bad_json", b'{"cells": [', ".ipynb"),
    broken("notebook_deep_json", b"[" * 300_000, ".ipynb"),
    broken("notebook_of_other_things", b'{"cells": [{"cell_type": "code", "source": 3}, 4]}', ".ipynb"),
    broken("notebook_is_a_list", b"[1, 2]", ".ipynb"),
    broken("python_called_notebook", REFERENCE, ".ipynb"),
    wrong("renamed", "del js_divergence"),
    wrong("wrong_signature", "def js_divergence(p): return 0"),
    wrong("returns_none", "def js_divergence(p, q): print(right(p, q))"),
    wrong("returns_text", "def js_divergence(p, q): return 'passed'"),
    wrong("returns_nan", "def js_divergence(p, q): return torch.tensor(float('nan'))"),
    wrong("returns_a_vector", "def js_divergence(p, q): return torch.full((2,), right(p, q).item())"),
    wrong("returns_a_function", "def js_divergence(p, q): return lambda: right(p, q)"),
    wrong("returns_a_module", "def js_divergence(p, q): return torch.nn.Linear(1, 1)"),
    wrong("returns_meta", "def js_divergence(p, q): return right(p, q).to('meta')"),
    wrong("returns_complex", "def js_divergence(p, q): return right(p, q) * 1j"),
    wrong("is_a_generator", "def js_divergence(p, q): yield right(p, q)"),
    wrong("is_a_coroutine", "async def js_divergence(p, q): return right(p, q)"),
    wrong("in_place", "def js_divergence(p, q):\n    r = right(p, q); p += 1; return r", ("failed",)),
    wrong("not_started", "def js_divergence(p, q): raise NotImplementedError", ("not_started",)),
    wrong("forgot_the_half", "def js_divergence(p, q): return 2 * right(p, q)", ("failed",)),
]
SETUP = "import torch\nimport matplotlib.missing"
CONTROLS = [
    honest("reference", REFERENCE),
    honest("prints", REFERENCE.replace("    return", "    print('x' * 1000)\n    return")),
    honest("byte_order_mark", b"\xef\xbb\xbf" + REFERENCE.encode()),
    honest("windows_lines", REFERENCE.replace("\n", "\r\n")),
    honest("latin_that_says_so", "# coding: latin-1\n# über\n".encode("latin-1") + REFERENCE.encode()),
    honest("main_guard", f"{REFERENCE}\nif __name__ == '__main__':\n    raise SystemExit\n"),
    honest("own_classes", f"from dataclasses import dataclass\n@dataclass\nclass A:\n    x: int = 1\n{REFERENCE}"),
    honest("own_thread", f"import threading\nt = threading.Thread(target=print); t.start(); t.join()\n{REFERENCE}"),
    honest("python_float", f"{REFERENCE}\nold = js_divergence\ndef js_divergence(p, q): return float(old(p, q))"),
    honest("course_library", f"import coursekit.losses, coursekit.nets.mlp\n{REFERENCE}"),
    honest("notebook", notebook(REFERENCE), ".ipynb"),
    honest(
        "notebook_as_people_leave_them",
        notebook(
            "%matplotlib inline\n!pip install torch\nimport torch",
            "import not_a_package\nimport torch",
            "1 / 0",
            "torch.rand?\n?torch\ntorch.nn??",
            "%%bash\nrm -rf nothing",
            f"%%time\n{REFERENCE}",
            "files = !ls\nraise SystemExit",
            "this is no Python",
            "check('03.js_divergence', js_divergence)",
        ),
        ".ipynb",
    ),
    honest("notebook_that_trains", notebook("while True: pass", REFERENCE), ".ipynb"),
    honest(
        "notebook_with_a_text_source", json.dumps({"cells": [{"cell_type": "code", "source": REFERENCE}]}), ".ipynb"
    ),
]
CASES = [*CRASHES, *RESOURCES, *TAMPERING, *REACHING_OUT, *BROKEN, *CONTROLS]
