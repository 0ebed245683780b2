"""The seccomp filter of a student's process: which system calls it may make, as BPF instructions.

Allowed is what computing, reading files and threads need. Calls that only an attack makes kill the process (SIGSYS);
every other call fails with EPERM, so that a library which tries a socket or a subprocess gets an ordinary error.
"""

import struct

# name:number on x86-64:number on arm64, "-" where the architecture lacks it (asm/unistd_64.h, asm-generic/unistd.h)
ALLOWED = """
read:0:63 write:1:64 readv:19:65 writev:20:66 pread64:17:67 pwrite64:18:68 close:3:57 close_range:436:436
fstat:5:80 stat:4:- lstat:6:- newfstatat:262:79 statx:332:291 lseek:8:62 mmap:9:222 mprotect:10:226 munmap:11:215
mremap:25:216 madvise:28:233 brk:12:214 rt_sigaction:13:134 rt_sigprocmask:14:135 rt_sigreturn:15:139
rt_sigpending:127:136 rt_sigtimedwait:128:137 rt_sigsuspend:130:133 sigaltstack:131:132 access:21:-
faccessat:269:48 faccessat2:439:439 pipe:22:- pipe2:293:59 select:23:- pselect6:270:72 poll:7:- ppoll:271:73
epoll_create1:291:20 epoll_ctl:233:21 epoll_wait:232:- epoll_pwait:281:22 eventfd2:290:19 dup:32:23 dup2:33:-
dup3:292:24 nanosleep:35:101 clock_nanosleep:230:115 clock_gettime:228:113 clock_getres:229:114
gettimeofday:96:169 time:201:- times:100:153 getpid:39:172 getppid:110:173 gettid:186:178 getuid:102:174
geteuid:107:175 getgid:104:176 getegid:108:177 getgroups:115:158 getresuid:118:148 getresgid:120:150
getpgrp:111:- getpgid:121:155 getsid:124:156 getcwd:79:17 readlink:89:- readlinkat:267:78 getdents64:217:61
uname:63:160 flock:73:32 futex:202:98 set_robust_list:273:99 get_robust_list:274:100 rseq:334:293
set_tid_address:218:96 sched_yield:24:124 sched_getaffinity:204:123 sched_getparam:143:121
sched_getscheduler:145:120 getrandom:318:278 getrusage:98:165 sysinfo:99:179 getrlimit:97:163 setitimer:38:103
getitimer:36:102 alarm:37:- getcpu:309:168 membarrier:324:283 exit:60:93 exit_group:231:94 wait4:61:260
waitid:247:95 restart_syscall:219:128 arch_prctl:158:- fadvise64:221:223 msync:26:227 mincore:27:232
statfs:137:43 fstatfs:138:44 umask:95:166 get_mempolicy:239:236
"""
ATTACKS = """
ptrace:101:117 process_vm_readv:310:270 process_vm_writev:311:271 mount:165:40 umount2:166:39 pivot_root:155:41
chroot:161:51 unshare:272:97 setns:308:268 bpf:321:280 init_module:175:105 finit_module:313:273
delete_module:176:106 kexec_load:246:104 keyctl:250:219 add_key:248:217 request_key:249:218
perf_event_open:298:241 userfaultfd:323:282 open_by_handle_at:304:265 io_uring_setup:425:425
pidfd_getfd:438:438 kcmp:312:272 fsopen:430:430 open_tree:428:428 move_mount:429:429 reboot:169:142
swapon:167:224 acct:163:89 sethostname:170:161 settimeofday:164:170 execve:59:221 execveat:322:281
"""
BY_ARGUMENT = (
    "open:2:- openat:257:56 kill:62:129 tgkill:234:131 clone:56:220 clone3:435:435 prctl:157:167 "
    "prlimit64:302:261 fcntl:72:25 ioctl:16:29"
)
ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}  # AUDIT_ARCH_*

LOAD, EQUAL, ANY_BIT, RETURN = 0x20, 0x15, 0x45, 0x06  # BPF_LD|W|ABS, BPF_JMP|JEQ|K, BPF_JMP|JSET|K, BPF_RET|K
ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
EPERM, ENOSYS = 1, 38
NUMBER_AT, ARCHITECTURE_AT, ARGUMENTS_AT = 0, 4, 16  # in struct seccomp_data
WRITES = 0o1 | 0o2 | 0o100 | 0o1000  # O_WRONLY, O_RDWR, O_CREAT, O_TRUNC (even with O_RDONLY)
CLONE_THREAD, CLONE_NAMESPACES = 0x10000, 0x7E020000
SETS_SIGNAL_OWNER = (8, 10, 15)  # fcntl F_SETOWN, F_SETSIG, F_SETOWN_EX: the kernel then signals
UNSAFE_IOCTLS = (0x5412, 0x8901, 0x8902)  # TIOCSTI types into a terminal; FIOSETOWN and SIOCSPGRP are F_SETOWN again
PR_SET_NAME, PR_GET_NAME = 15, 16

Instruction = tuple[int, int, int, int]  # code, jump if true, jump if false, constant


def numbers(table: str, machine: str) -> dict[str, int]:
    """System call numbers by name, for "x86_64" or "aarch64"."""
    column = 1 + list(ARCHITECTURES).index(machine)
    rows = (entry.split(":") for entry in table.split())
    return {row[0]: int(row[column]) for row in rows if row[column] != "-"}


def program(machine: str, pid: int) -> bytes:
    """The filter as an array of struct sock_filter; `pid` is the only process that may be signalled."""
    here = numbers(BY_ARGUMENT, machine)
    code = [(LOAD, 0, 0, ARCHITECTURE_AT), (EQUAL, 1, 0, ARCHITECTURES[machine]), (RETURN, 0, 0, KILL)]
    code += [(LOAD, 0, 0, NUMBER_AT)]
    for number in numbers(ALLOWED, machine).values():
        code += [(EQUAL, 0, 1, number), (RETURN, 0, 0, ALLOW)]
    for number in numbers(ATTACKS, machine).values():
        code += [(EQUAL, 0, 1, number), (RETURN, 0, 0, KILL)]
    if "open" in here:
        code += _unless(here["open"], 1, [(ANY_BIT, WRITES)])
    code += _unless(here["openat"], 2, [(ANY_BIT, WRITES)])
    for name in ("kill", "tgkill"):
        code += _only(here[name], 0, (pid,))
    code += _only(here["prctl"], 0, (PR_SET_NAME, PR_GET_NAME))
    code += _only(here["prlimit64"], 0, (0,), then=_unless_set())
    code += _unless(here["fcntl"], 1, [(EQUAL, command) for command in SETS_SIGNAL_OWNER])
    code += _unless(here["ioctl"], 1, [(EQUAL, command) for command in UNSAFE_IOCTLS])
    code += [(EQUAL, 0, 1, here["clone3"]), (RETURN, 0, 0, ERRNO | ENOSYS)]  # glibc then calls clone
    code += _threads(here["clone"])
    code += [(RETURN, 0, 0, ERRNO | EPERM)]
    return b"".join(struct.pack("<HBBI", *instruction) for instruction in code)


def _argument(index: int) -> Instruction:
    return LOAD, 0, 0, ARGUMENTS_AT + 8 * index  # the low 32 bits: both machines are little-endian


def _block(number: int, body: list[Instruction]) -> list[Instruction]:
    """The body, which ends in a return, for the call of this number only."""
    return [(EQUAL, 0, len(body), number), *body]


def _unless(number: int, index: int, tests: list[tuple[int, int]]) -> list[Instruction]:
    """Allows the call unless its argument passes one of the tests."""
    body = [_argument(index)]
    for test, constant in tests:
        body += [(test, 0, 1, constant), (RETURN, 0, 0, ERRNO | EPERM)]
    return _block(number, [*body, (RETURN, 0, 0, ALLOW)])


def _only(number: int, index: int, values: tuple[int, ...], then: list[Instruction] | None = None) -> list[Instruction]:
    """Allows the call if its argument is one of the values and `then` does not return something else first."""
    tests = [(EQUAL, len(values) - at, 0, value) for at, value in enumerate(values)]
    body = [_argument(index), *tests, (RETURN, 0, 0, ERRNO | EPERM), *(then or [])]
    return _block(number, [*body, (RETURN, 0, 0, ALLOW)])


def _unless_set() -> list[Instruction]:
    """EPERM where prlimit64 is given new limits (a pointer that is not null): limits are read only."""
    high = (LOAD, 0, 0, ARGUMENTS_AT + 8 * 2 + 4)
    refused = (RETURN, 0, 0, ERRNO | EPERM)
    return [_argument(2), (EQUAL, 1, 0, 0), refused, high, (EQUAL, 1, 0, 0), refused]


def _threads(number: int) -> list[Instruction]:
    """clone for threads: a new process or a new namespace is refused."""
    refused = (RETURN, 0, 0, ERRNO | EPERM)
    body = [_argument(0), (ANY_BIT, 0, 1, CLONE_NAMESPACES), refused, (ANY_BIT, 1, 0, CLONE_THREAD), refused]
    return _block(number, [*body, (RETURN, 0, 0, ALLOW)])
