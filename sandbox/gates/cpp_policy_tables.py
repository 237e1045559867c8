"""What the policy gate of C++ and C refuses by name. Data only; the other `cpp_policy` files say
how it is read.

Sources: the C++ standard (what a wrong promise makes undefined), GCC's manual (attributes,
pragmas, built-ins), and the edits that let wrong code through in other optimizers.
"""

import re


def _named(category: str, names: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), category)


CATEGORY_OF_WORD = {
    **_named("assembly", "asm __asm __asm__"),
    **_named("aliasing", "restrict __restrict __restrict__"),
    **_named("assume", "__assume assume_aligned"),
    **_named("exceptions", "noexcept set_terminate set_unexpected set_new_handler "
             "uncaught_exception uncaught_exceptions current_exception"),
    **_named("jumps", "setjmp longjmp sigsetjmp siglongjmp _setjmp _longjmp ucontext_t "
             "getcontext setcontext makecontext swapcontext"),
    **_named("signals", "sigaction sigprocmask sigaltstack sigsuspend raise psignal killpg tgkill "
             "setitimer timer_create"),
    **_named("state", "thread_local _Thread_local __thread once_flag call_once"),
    **_named("volatile", "volatile"),
    **_named("patching", "friend __malloc_hook __free_hook mallopt malloc_trim"),
    **_named("casts", "union uintptr_t intptr_t"),
    **_named("streams", "sync_with_stdio imbue setvbuf setbuf setlocale uselocale newlocale "
             "locale"),
    **_named("threads", "jthread recursive_mutex shared_mutex condition_variable atomic_ref "
             "atomic_flag packaged_task thrd_create parallel_policy par_unseq "
             "parallel_unsequenced_policy this_thread atomic_thread_fence "
             "atomic_signal_fence"),
    **_named("processes", "fork vfork execv execve execvp execl execlp execle execvpe fexecve "
             "popen pclose posix_spawn posix_spawnp waitpid wait4 ptrace prctl syscall ioctl "
             "getpid gettid sched_setaffinity sched_yield setpriority nice setrlimit getrlimit"),
    **_named("libraries", "dlopen dlsym dlmopen dlvsym dladdr dl_iterate_phdr dlclose "
             "backtrace program_invocation_name"),
    **_named("memory", "mmap mmap64 munmap mprotect mremap madvise brk sbrk shm_open memfd_create "
             "userfaultfd malloc_usable_size mallinfo mallinfo2 mincore process_vm_readv"),
    **_named("stack", "alloca __builtin_alloca strdupa"),
    **_named("files", "fopen fopen64 freopen fdopen tmpfile mkstemp opendir readdir unlink "
             "ifstream ofstream fstream basic_fstream filebuf basic_filebuf filesystem openat "
             "open64 creat pread pwrite preadv readv writev stdin cin scanf fscanf sendfile "
             "ftruncate lseek isatty fileno dup2 chdir chroot"),
    **_named("network", "socket socketpair getaddrinfo sendto recvfrom sendmsg recvmsg"),
    **_named("environment", "getenv secure_getenv setenv putenv unsetenv clearenv environ "
             "sysconf getauxval gethostname uname getopt"),
    **_named("timers", "clock_gettime gettimeofday getrusage chrono system_clock steady_clock "
             "high_resolution_clock nanosleep usleep clock_nanosleep timespec_get "
             "clock_t localtime gmtime mktime ftime _rdtsc __rdtsc __rdtscp"),
    **_named("random", "rand srand drand48 srand48 lrand48 mrand48 random_device getrandom "
             "getentropy arc4random rand_r"),
    **_named("exit", "exit _exit _Exit quick_exit atexit at_quick_exit on_exit terminate abort "
             "assert __assert_fail kill"),
    **_named("floating", "fesetround fegetround fesetenv fegetenv feclearexcept feraiseexcept "
             "fetestexcept feholdexcept feupdateenv fesetexceptflag fegetexceptflag "
             "feenableexcept fedisableexcept fegetexcept _mm_setcsr _mm_getcsr "
             "_MM_SET_ROUNDING_MODE _MM_SET_FLUSH_ZERO_MODE _MM_SET_DENORMALS_ZERO_MODE "
             "_MM_SET_EXCEPTION_MASK _MM_SET_EXCEPTION_STATE _controlfp"),
    **_named("precision", "_mm_rcp_ps _mm_rcp_ss _mm_rsqrt_ps _mm_rsqrt_ss _mm256_rcp_ps "
             "_mm256_rsqrt_ps"),
    **_named("build", "NDEBUG __FILE__ __LINE__ __TIME__ __DATE__ __COUNTER__ __TIMESTAMP__ "
             "__func__ __FUNCTION__ __PRETTY_FUNCTION__ __BASE_FILE__ __INCLUDE_LEVEL__ "
             "source_location __OPTIMIZE__ __has_feature is_constant_evaluated "
             "__builtin_is_constant_evaluated __builtin_constant_p __builtin_object_size "
             "__builtin_dynamic_object_size __builtin_LINE __builtin_FILE"),
    **_named("targets", "_mm_stream_si32 _mm_stream_si128 _mm_stream_ps _mm_stream_pd "
             "_mm_clflush _xbegin _xend __cpuid __get_cpuid "
             "_mm_load_si128 _mm_load_ps _mm_load_pd _mm_store_si128 _mm_store_ps _mm_store_pd "
             "_mm256_load_si256 _mm256_load_ps _mm256_load_pd _mm256_store_si256 "
             "_mm256_store_ps _mm256_store_pd"),
}  # fmt: skip
"""Words that are refused wherever code holds them, but as the name of a member."""

CATEGORY_OF_CALLED = {
    **_named("timers", "time clock times sleep alarm pause rdtsc"),
    **_named("files", "open read write close pipe link rename truncate dup splice tee access stat "
             "remove_all getline_unlocked"),
    **_named("processes", "system clone wait daemon"),
    **_named("signals", "signal"),
    **_named("threads", "thread async promise future par atomic mutex"),
    **_named("random", "random"),
    **_named("network", "connect listen accept send recv select poll"),
    **_named("assume", "unreachable"),
}  # fmt: skip
"""Names that locals and helpers may well have: refused unless the file itself declares them."""

CATEGORY_OF_MEMBER = {"tie": "streams", "imbue": "streams", "sync_with_stdio": "streams"}
"""Methods that are refused where an object's own ones are called."""

PATTERNS = (
    (re.compile(r"__(asan|lsan|tsan|ubsan|msan|hwasan|sanitizer|gcov|llvm|SANITIZE)"), "build"),
    (re.compile(r"(?i)perfbot"), "build"),
    (re.compile(r"pthread_|sem_(open|init|wait|post)|omp_|GOMP_|__gnu_parallel"), "threads"),
    (re.compile(r"_rdrand|_rdseed"), "random"),
    (re.compile(r"__(sync|atomic)_"), "threads"),
    (re.compile(r"_GLIBCXX_|_LIBCPP_"), "build"),
)
"""Beginnings of words that are refused."""

RESERVED_ALLOWED = frozenset(
    {
        *("__int128", "__int128_t", "__uint128_t", "__builtin_cpu_supports", "__builtin_cpu_init"),
        *("__m128", "__m128i", "__m128d", "__m256", "__m256i", "__m256d", "__m512i", "__m512d"),
        *("__attribute__", "__attribute", "__extension__", "__gnu_pbds", "__gnu_cxx", "_Bool"),
        *("__typeof__", "__typeof", "__inline", "__inline__", "__const", "__const__", "__signed__"),
        *("_Static_assert", "_Alignas", "_Alignof", "__alignof__", "__cplusplus", "_MM_SHUFFLE"),
        *("__m512", "_Complex", "_Generic"),
    }
)
"""Names of the implementation that an edit may use; any other is refused."""

BUILTINS_ALLOWED = re.compile(
    r"__builtin_(popcount|clz|ctz|ffs|clrsb|parity)(l|ll|g)?$"
    r"|__builtin_(bswap(16|32|64|128)|expect|expect_with_probability|prefetch|bit_cast)$"
    r"|__builtin_([su]?(add|sub|mul)(l|ll)?_overflow(_p)?)$"
    r"|__builtin_(memcpy|memmove|memset|memcmp|strlen|memchr|strchr|strcmp|strncmp)$"
    r"|__builtin_(abs|labs|llabs|fabsf?|sqrtf?|fminf?|fmaxf?|floorf?|ceilf?|truncf?|copysignf?)$"
    r"|__builtin_(isnan|isinf|isfinite|signbit|shuffle|shufflevector|convertvector)$"
    r"|__builtin_(inff?|huge_valf?|nanf?|cpu_supports|cpu_init|choose_expr|types_compatible_p)$"
)

ATTRIBUTES_ALLOWED = frozenset(
    {
        *("always_inline", "noinline", "noclone", "flatten", "hot", "cold", "unused", "inline"),
        *("maybe_unused", "likely", "unlikely", "nodiscard", "warn_unused_result", "fallthrough"),
        *("deprecated", "may_alias", "vector_size", "artificial"),
    }
)
"""Attributes that promise nothing the compiler could exploit; `target` is judged by its use."""

FEATURES_ALLOWED = frozenset(
    {
        *("sse", "sse2", "sse3", "ssse3", "sse4.1", "sse4.2", "popcnt", "avx", "avx2", "bmi"),
        *("bmi2", "lzcnt", "pclmul", "aes"),
    }
)
"""What `target` may name: `fma` and what implies it (avx512f, arch=) changes how floats round.

Source: GCC manual, x86 Options, and -ffp-contract=fast, the default in GNU modes.
"""

GUARDS_ALLOWED = frozenset(
    {"defined", "__x86_64__", "__SSE__", "__SSE2__", "__aarch64__", "__ARM_NEON", "__GNUC__",
     "__cplusplus"}
)  # fmt: skip
"""Macros that a new `#if` may ask for: facts of the machine, the same in every build of ours."""

PRAGMAS_ALLOWED = re.compile(r"pragma (once|GCC unroll \d+)$")

HEADERS_ALLOWED = frozenset(
    {
        *("algorithm", "any", "array", "bit", "bitset", "cassert", "cctype", "cerrno", "cfloat"),
        *("charconv", "cinttypes", "climits", "cmath", "compare", "complex", "concepts", "cstddef"),
        *("cstdint", "cstdio", "cstdlib", "cstring", "cwchar", "cwctype", "deque", "exception"),
        *("expected", "flat_map", "flat_set", "format", "forward_list", "functional", "generator"),
        *("initializer_list", "iomanip", "ios", "iosfwd", "istream", "iterator", "limits", "list"),
        *("map", "mdspan", "memory", "memory_resource", "new", "numbers", "numeric", "optional"),
        *("ostream", "queue", "ranges", "ratio", "regex", "scoped_allocator", "set", "span"),
        *("sstream", "stack", "stdexcept", "streambuf", "string", "string_view", "tuple"),
        *("type_traits", "typeindex", "typeinfo", "unordered_map", "unordered_set", "utility"),
        *("valarray", "variant", "vector", "version", "iostream", "execution"),
        *("assert.h", "ctype.h", "errno.h", "float.h", "inttypes.h", "limits.h", "math.h"),
        *("stdbool.h", "stddef.h", "stdint.h", "stdio.h", "stdlib.h", "string.h", "strings.h"),
        *("wchar.h", "wctype.h", "stdalign.h", "stdckdint.h", "stdbit.h", "complex.h", "tgmath.h"),
        *("immintrin.h", "emmintrin.h", "xmmintrin.h", "x86intrin.h", "nmmintrin.h", "smmintrin.h"),
        *("tmmintrin.h", "pmmintrin.h", "arm_neon.h", "bits/stdc++.h"),
        *("ext/pb_ds/assoc_container.hpp", "ext/pb_ds/tree_policy.hpp"),
    }
)
"""Headers that an edit may add; others are refused, but the project's own beside the file."""

HEADER_SUFFIXES = (".h", ".hh", ".hpp", ".hxx", ".ipp", ".inc", ".tcc")

INTERPOSED = frozenset(
    {
        *("malloc", "calloc", "realloc", "free", "aligned_alloc", "posix_memalign", "memcpy"),
        *("memmove", "memset", "memcmp", "strlen", "strcmp", "main", "_init", "_fini", "write"),
        *("read", "open", "close", "send", "recv", "memchr", "strcpy", "printf", "fwrite"),
    }
)
"""Functions of the C library that a file must not define anew."""

PATHS = re.compile(r"/(proc|dev|etc|sys|tmp|home|usr|var|run)\b|LD_PRELOAD")
"""What a new string must not hold."""
