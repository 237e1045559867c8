"""The policy gate of C++ and C refuses what no honest speedup needs, however it is spelt."""

from dataclasses import replace
from pathlib import Path

import pytest

from perfbot.sandbox.edit import Edit
from perfbot.sandbox.gates import cpp_policy
from perfbot.sandbox.target import Target
from perfbot.sandbox.verdict import Status

HEAD = """\
#include <cstdint>
#include <vector>
#include "shape.hpp"
#define GLUE(a, b) a##b
#define FENCE() __asm__ volatile("" ::: "memory")
#define TIMES 4

static int calls = 0;
int weights[3] = {1, 2, 3};
"""
BODY = """\
    long long sum = 0;
    for (int x : xs) sum += x * weights[x & 1];
    return sum + k;
"""
TAIL = "\nlong long other(int n) { return n + GLUE(1, 0); }\n"


def file(body: str = BODY, before: str = "", head: str = HEAD) -> str:
    """The file of the target `f`, with this body, and this text before the function."""
    begin = "long long f(const std::vector<int>& xs, std::vector<int>& out, int* p, int k) {\n"
    return f"{head}{before}\n{begin}{body}}}\n{TAIL}"


def target(source: str, root: Path = Path("/project")) -> Target:
    """The function `f` of this file."""
    begin = source.index("long long f(")
    return Target(
        root=root,
        path="src/f.cpp",
        qualname="f",
        module="",
        import_root=".",
        file_source=source,
        start_byte=begin,
        end_byte=source.index(TAIL),
        start_line=1,
        end_line=1,
        kind="function",
        is_async=False,
        is_generator=False,
        language="cpp",
    )


BODIES_REFUSED = {
    "assume": "    if (k > 9) __builtin_unreachable();\n",
    "assume by attribute": "    [[assume(k < 9)]];\n",
    "assume by a spelling of gnu": "    __attribute__((__assume__(k < 9)));\n",
    "std::unreachable": "    if (k > 9) std::unreachable();\n",
    "assume_aligned": "    auto q = std::assume_aligned<16>(p); k = *q;\n",
    "builtin assume_aligned": "    k = *(int*)__builtin_assume_aligned(p, 16);\n",
    "asm": '    asm("nop");\n',
    "asm, another spelling": '    __asm__ __volatile__("" : "+r"(k));\n',
    "asm through the file's macro": "    FENCE();\n",
    "pasted word": '    GLUE(sys, tem)("true");\n',
    "goto out of the call": "    jmp_buf here; if (setjmp(here)) return 0;\n",
    "raise": "    raise(11);\n",
    "signal": "    signal(11, nullptr);\n",
    "rounding": "    fesetround(0x800);\n",
    "rounding by intrinsic": "    _mm_setcsr(_mm_getcsr() | 0x8040);\n",
    "approximate division": "    auto v = _mm_rcp_ps(_mm_set1_ps(k));\n",
    "locale": '    setlocale(LC_ALL, "C");\n',
    "streams": "    std::ios::sync_with_stdio(false);\n",
    "untied": "    std::cout.tie(nullptr);\n",
    "static counter": "    static int seen; ++seen;\n",
    "static scratch": "    static std::vector<int> scratch; scratch.clear();\n",
    "thread_local scratch": "    thread_local std::vector<int> scratch;\n",
    "static pointer to const": "    static const int* last = nullptr; last = xs.data();\n",
    "static kept from the first call": "    static const long n = xs.size(); k += n;\n",
    "static by a lambda that captures": "    static const int n = [&] { return k; }();\n",
    "static reference": "    static int& r = *new int(0); r++;\n",
    "change to a global": "    calls += 1;\n",
    "change to a global's element": "    weights[0] = 7;\n",
    "address of a global": "    int* w = &calls; *w = 3;\n",
    "alias of a global": "    auto& w = calls; w = 3;\n",
    "volatile": "    volatile int v = k; k = v;\n",
    "thread": "    std::thread t([] {}); t.join();\n",
    "async": "    auto r = std::async([&] { return k; });\n",
    "parallel": "    std::sort(std::execution::par, out.begin(), out.end());\n",
    "omp": "    #pragma omp parallel for\n    for (int i = 0; i < 4; ++i) k += i;\n",
    "omp simd": "    #pragma omp simd\n    for (int i = 0; i < 4; ++i) k += i;\n",
    "ivdep": "    #pragma GCC ivdep\n    for (int i = 0; i < 4; ++i) p[i] = p[i + k];\n",
    "pragma operator": '    _Pragma("GCC ivdep") for (int i = 0; i < 4; ++i) p[i] = p[i + k];\n',
    "system": '    system("true");\n',
    "system, by its address": "    auto run = std::system; run(nullptr);\n",
    "system, hidden by a variable": '    { int system = 0; (void)system; } system("true");\n',
    "fork": "    if (fork() == 0) return 0;\n",
    "file": '    std::ifstream in("x");\n',
    "open": '    int fd = open("x", 0);\n',
    "path in a string": '    const char* where = "/proc/self/mem"; k += where[0];\n',
    "environment": '    if (getenv("FAST")) return 0;\n',
    "clock": "    auto t = std::chrono::steady_clock::now();\n",
    "time": "    k += time(nullptr);\n",
    "cycle counter": "    k += __rdtsc();\n",
    "cycle counter, built-in": "    k += __builtin_ia32_rdtsc();\n",
    "random": "    k += rand();\n",
    "exit": "    if (xs.empty()) exit(0);\n",
    "exit, another name": "    _Exit(0);\n",
    "abort": "    std::abort();\n",
    "dlsym": '    auto g = dlsym(nullptr, "f");\n',
    "mmap": "    void* m = mmap(nullptr, 4096, 3, 34, -1, 0);\n",
    "syscall": "    syscall(39);\n",
    "const_cast": "    const_cast<int&>(xs[0]) = 1;\n",
    "C cast that drops const": "    int* w = (int*)xs.data(); w[0] = 1;\n",
    "bytes that drop const": "    char* w = (char*)xs.data(); w[0] = 1;\n",
    "punning": "    float g = *reinterpret_cast<float*>(p); k += g;\n",
    "punning, C cast": "    float g = *(float*)p; k += g;\n",
    "punning through void": "    float g = *static_cast<float*>(static_cast<void*>(p)); k += g;\n",
    "punning by a union": "    union { int i; float f; } u; u.i = k; k += u.f;\n",
    "punning by a reference": "    k += (float&)*p;\n",
    "punning by an alias": "    using F = float*; k += *F(p);\n",
    "punning by decltype": "    float g; k += *(decltype(&g))p;\n",
    "punning by bit_cast": "    k += *std::bit_cast<float*>(p);\n",
    "address as a number": "    if ((uintptr_t)p % 16 == 0) return 0;\n",
    "address as a long": "    if ((unsigned long)p % 16 == 0) return 0;\n",
    "address by reinterpret_cast": "    if (reinterpret_cast<std::size_t>(p) & 8) return 0;\n",
    "hash of an address": "    k += std::hash<int*>{}(p);\n",
    "line": "    k += __LINE__;\n",
    "name of the function": "    k += __func__[0];\n",
    "sanitizer asked": "    k += __has_feature(address_sanitizer);\n",
    "sanitizer's function": "    __asan_poison_memory_region(p, 4);\n",
    "lsan": "    __lsan_ignore_object(new int);\n",
    "perfbot's names": "    k += perfbot_state;\n",
    "VLA": "    int buffer[k]; buffer[0] = 1;\n",
    "VLA through a const": "    const int n = xs.size(); int buffer[n]; buffer[0] = 1;\n",
    "alloca": "    int* b = (int*)alloca(k); b[0] = 1;\n",
    "alloca, built-in": "    char* b = (char*)__builtin_alloca(k); b[0] = 1;\n",
    "catch-all": "    try { k = xs.at(9); } catch (...) { k = 0; }\n",
    "restrict": "    int* __restrict q = p; q[0] = 1;\n",
    "constant_p": "    if (__builtin_constant_p(k)) return 0;\n",
    "atomics of the implementation": "    __sync_fetch_and_add(p, 1);\n",
    "escaped identifier": '    \\u0073ystem("true");\n',
    "spliced word": '    sys\\\ntem("true");\n',
    "splice that hides a line": "    // harmless \\\n    k = 0;\n",
    "digraphs": "    int a<:2:> = <%1, 2%>; k += a<:0:>;\n",
    "if on a macro": "#ifdef NDEBUG\n    k = 0;\n#endif\n",
    "if on the sanitizer": "#if defined(__SANITIZE_ADDRESS__)\n    k = 0;\n#endif\n",
    "if not": "#if !defined(__x86_64__)\n    k = 0;\n#endif\n",
    "define": "#define LOOP for (;;)\n    LOOP break;\n",
    "undef": "#undef TIMES\n",
    "embed": '    int x[] = {\n#embed "x"\n    };\n',
}
BEFORE_REFUSED = {
    "optimize": '__attribute__((optimize("Ofast")))',
    "optimize, C++ spelling": '[[gnu::optimize("Ofast")]]',
    "optimize, using": '[[using gnu: hot, optimize("fast-math")]]',
    "optimize, underscores": '__attribute__((hot, __optimize__("Ofast")))',
    "target": '__attribute__((target("avx2")))',
    "target that contracts": '__attribute__((target("fma"))) static int g() { return 1; }',
    "pure": "__attribute__((pure)) static int g(int* q) { return *q; }",
    "nonnull": "__attribute__((nonnull)) static int g(int* q) { return q ? 1 : 0; }",
    "noreturn": "[[noreturn]] static void g() { for (;;) {} }",
    "no_sanitize": '__attribute__((no_sanitize("address"))) static int g(int* q) { return q[1]; }',
    "constructor": "__attribute__((constructor)) static void g() {}",
    "weak": "__attribute__((weak)) int g() { return 1; }",
    "section": '__attribute__((section(".init"))) static int g() { return 1; }',
    "packed": "struct __attribute__((packed)) Pair { char a; int b; };",
    "global": "static long cache[64];",
    "global vector": "std::vector<int> scratch;",
    "global in a namespace": "namespace { int last; }",
    "inline global": "inline int last = 0;",
    "static member": "struct Memo { static inline int last = 0; };",
    "mutable member": "struct Memo { mutable int last = 0; };",
    "extern": 'extern "C" int puts(const char*);',
    "include thread": "#include <thread>",
    "include filesystem": "#include <filesystem>",
    "include sys": "#include <sys/mman.h>",
    "include what the project lacks": '#include "missing.hpp"',
    "include a text": '#include "notes.txt"',
    "include a macro": "#include HEADER",
    "include_next": "#include_next <vector>",
    "pragma optimize": '#pragma GCC optimize("fast-math")',
    "pragma target": '#pragma GCC target("avx2")',
    "pragma after a comment": '/* x */ #pragma GCC optimize("fast-math")',
    "pragma by digraph": '%:pragma GCC optimize("fast-math")',
    "namespace std": "namespace std { inline int fast() { return 1; } }",
    "specialisation": "struct Key { int v; };\ntemplate <> struct std::hash<Key> {};",
    "friend": "struct A { friend int g(A); };",
    "operator new": "void* operator new(std::size_t n) { return nullptr; }",
    "operator delete": "void operator delete(void* q) noexcept {}",
    "malloc": "void* malloc(unsigned long n) { return nullptr; }",
    "noexcept": "static int g(int x) noexcept { return x; }",
    "throw()": "static int g(int x) throw() { return x; }",
    "pointer typedef": "typedef float* Floats;",
    "function pointer kept": "static int (*chosen)(int) = nullptr;",
}

BODIES_PASSED = {
    "nothing new": BODY,
    "local vector": "    std::vector<int> copy(xs); copy.push_back(k);\n",
    "static const table": "    static const int bits[4] = {0, 1, 1, 2}; k += bits[k & 3];\n",
    "static constexpr table": "    static constexpr int bits[] = {0, 1}; k += bits[k & 1];\n",
    "static table by a lambda": "    static const auto t = [] { std::vector<int> v(9); int i = 0;"
    " for (int& x : v) x = i++; return v; }();\n    for (int i = 0; i < 2; ++i) k += t[i];\n",
    "constant pointer to constants": '    static const char* const t = "01"; k += t[0];\n',
    "array of fixed size": "    constexpr int n = 16; int buffer[n]; buffer[0] = k;\n",
    "array of a macro's size": "    int buffer[TIMES * 2]; buffer[0] = k;\n",
    "names of libc for locals": "    int write = 0, read = 1; out[write++] = out[read];\n",
    "a lambda that mutates": "    auto next = [i = 0]() mutable { return ++i; }; k += next();\n",
    "reading a global": "    k += weights[0] + weights[1] + weights[weights[2]] + calls;\n",
    "memcpy": "    float g; __builtin_memcpy(&g, p, sizeof g); k += g;\n",
    "bit_cast": "    k += std::bit_cast<int>(1.0f);\n",
    "bytes": "    auto b = reinterpret_cast<const unsigned char*>(p); k += b[0];\n",
    "vector of SSE2": "    __m128i v = _mm_loadu_si128((const __m128i*)xs.data());\n"
    "    k += _mm_cvtsi128_si32(v);\n",
    "malloc": "    int* b = (int*)malloc(4); b[0] = 1; free(b);\n",
    "number casts": "    k += (int)3.5 + static_cast<int>(xs.size()) + (unsigned)k;\n",
    "move": "    std::vector<int> v = std::move(out); out = std::move(v);\n",
    "builtins": "    k += __builtin_popcountll(k) + __builtin_expect(k > 1, 1);\n",
    "likely": "    if (k > 1) [[likely]] k = 1;\n",
    "goto": "again:\n    if (k-- > 0) goto again;\n",
    "unroll": "    #pragma GCC unroll 4\n    for (int i = 0; i < 4; ++i) k += i;\n",
    "unseq": "    std::sort(std::execution::unseq, out.begin(), out.end());\n",
    "comment with words": "    // asm volatile, static int x; #pragma omp, exit(0)\n",
    "block comment with words": "    /* #define X\n #include <thread>\n */ k += 1;\n",
    "string with words": '    k += sizeof("asm __builtin_unreachable() exit(0)");\n',
    "raw string with words": '    k += sizeof(R"x(static int y; " asm(\\u0041) )x");\n',
    "template with ::": "    std::vector<::std::size_t> v; k += v.size();\n",
    "digits apart": "    k += 1'000'000; char c = 'x'; k += c;\n",
    "member named as libc": "    k += obj.time() + obj->write(3);\n",
    "if on the CPU": "#ifdef __SSE2__\n    k += 1;\n#else\n    k += 1;\n#endif\n",
    "a try for one exception": "    try { k = xs.at(9); } catch (const std::out_of_range&) { }\n",
    "std::tie": "    int a, b; std::tie(a, b) = std::make_pair(k, k);\n",
    "seeded generator": "    std::mt19937 g(1); k += g();\n",
}
BEFORE_PASSED = {
    "helper": "static inline int g(int x) { return x + 1; }",
    "constexpr function": "constexpr int g(int x) { return x + 1; }",
    "table": "static const int bits[4] = {0, 1, 1, 2};",
    "constexpr table": "constexpr std::array<int, 2> bits = {0, 1};",
    "template": "template <class T> static T twice(T x) { return x + x; }",
    "class": "namespace { struct Node { int left, right; Node() : left(0) {} }; }",
    "functor": "struct Hash { std::size_t operator()(int x) const { return x; } };",
    "hot": "__attribute__((hot, always_inline)) static inline int g() { return 1; }",
    "no inlining": "[[gnu::noinline]] static int g() { return 1; }",
    "standard headers": "#include <algorithm>\n#include <unordered_map>\n#include <emmintrin.h>",
    "the project's header": '#include "shape.hpp"',
    "own function named as libc": "static int access(int x) { return x; }",
    "vector type": "typedef int v4 __attribute__((vector_size(16)));",
    "forward declaration": "static int g(int);",
    "using": "using std::vector;",
}


def refusals(edited: str, root: Path = Path("/project"), **options: frozenset[str]) -> list[str]:
    """What the gate refuses in this file, in words."""
    evidence = cpp_policy.check(target(file(), root), Edit(edited), **options)
    refused = [f"{item[0]}: {item[1]}" for item in evidence.data["refused"]]
    assert (evidence.status is Status.REFUTED) == bool(refused)
    return refused


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a header beside the file, and a text."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src/shape.hpp").write_text("#pragma once\n")
    (tmp_path / "src/notes.txt").write_text("")
    return tmp_path


@pytest.mark.parametrize("body", BODIES_REFUSED.values(), ids=BODIES_REFUSED)
def test_a_body_is_refused(body: str, project: Path) -> None:
    """What the function newly does is named and refused."""
    found = refusals(file(body + BODY), project)
    assert any(not item.startswith("syntax") for item in found)


@pytest.mark.parametrize("before", BEFORE_REFUSED.values(), ids=BEFORE_REFUSED)
def test_text_before_the_function_is_refused(before: str, project: Path) -> None:
    """What stands beside the function is judged as what stands in it."""
    found = refusals(file(before=before), project)
    assert any(not item.startswith("syntax") for item in found)


@pytest.mark.parametrize("body", BODIES_PASSED.values(), ids=BODIES_PASSED)
def test_a_body_is_passed(body: str, project: Path) -> None:
    """Honest code that looks like what is refused passes."""
    assert refusals(file(body + BODY), project) == []


@pytest.mark.parametrize("before", BEFORE_PASSED.values(), ids=BEFORE_PASSED)
def test_text_before_the_function_is_passed(before: str, project: Path) -> None:
    """Helpers, tables and headers of the standard or the project pass."""
    assert refusals(file(before=before), project) == []


WIDE = '__attribute__((__target__("avx2"))) static int wide(const int* q) { return q[0]; }'
DISPATCHES = {
    "if": ('    if (__builtin_cpu_supports("avx2")) return wide(p);\n', True),
    "conditional": ('    k += __builtin_cpu_supports("avx2") ? wide(p) : p[0];\n', True),
    "nothing asked": ("    k += wide(p);\n", False),
    "another feature": ('    if (__builtin_cpu_supports("sse3")) return wide(p);\n', False),
    "either": ('    if (k || __builtin_cpu_supports("avx2")) return wide(p);\n', False),
    "no": ('    if (!__builtin_cpu_supports("avx2")) return wide(p);\n', False),
    "the other branch": (
        '    if (__builtin_cpu_supports("avx2")) k = 1; else k = wide(p);\n',
        False,
    ),
    "its address": ("    auto g = wide; k += g(p);\n", False),
}


@pytest.mark.parametrize(("body", "passes"), DISPATCHES.values(), ids=DISPATCHES)
def test_instructions_beyond_the_baseline_need_a_test_of_the_cpu(body: str, passes: bool) -> None:
    """A function for AVX2 is called only where the CPU was asked for it."""
    found = refusals(file(body + BODY, before=WIDE))
    assert (found == []) == passes


USED = '    static int seen; asm("nop"); k += time(nullptr);\n'


def checked(original: str, edited: str, language: str = "cpp") -> list[str]:
    """What is refused in `edited`, where the original is `original`."""
    given = replace(target(original), language=language)
    evidence = cpp_policy.check(given, Edit(edited))
    return [str(item[1]) for item in evidence.data["refused"]]


def test_what_the_original_uses_may_stay() -> None:
    """Constructs are counted: as many as before pass, one more is refused."""
    assert checked(file(USED + BODY), file(BODY + USED)) == []
    assert checked(file(USED + BODY), file(USED + '    asm("nop");\n' + BODY)) == ["`asm`"]


def test_what_the_file_cannot_be_parsed_for_may_stay() -> None:
    """A file that the parser could not read before is no fault of the edit; a new gap is."""
    odd = "    FOREACH x IN xs { }\n"
    assert checked(file(odd + BODY), file(odd)) == []
    assert checked(file(), file(odd + BODY)) != []


def test_the_allow_list_relaxes_one_category() -> None:
    """The key that a refusal names lets it pass, and only it."""
    edited = file('    k += time(nullptr); asm("nop");\n')
    evidence = cpp_policy.check(target(file()), Edit(edited), allow=frozenset({"timers"}))
    assert [item[0] for item in evidence.data["refused"]] == ["assembly"]
    assert evidence.data["allowed"] == ["timers"]


def test_a_refusal_names_the_line_and_the_key() -> None:
    """The first refusal's construct, line and key are in the words of the evidence."""
    edited = file("    // one\n    k += time(nullptr);\n")
    line = edited[: edited.index("time(")].count("\n") + 1
    evidence = cpp_policy.check(target(file()), Edit(edited))
    assert evidence.detail == f"`time`, new in line {line} (allow-list key: timers)."


def test_a_file_of_c() -> None:
    """C is read by the same gate: `restrict` is refused, a cast of malloc's result passes."""
    before = "int f(const int *a, int n) { return a[0] + n; }\n"
    original = before.replace("int f(", "long long f(") + TAIL
    assert checked(original, original.replace("*a", "*restrict a"), "c") == ["`restrict`"]
    body = "{ int *b = (int *)malloc(8); b[0] = n; free(b); return n; }"
    assert checked(original, f"long long f(const int *a, int n) {body}{TAIL}", "c") == []


def test_the_function_itself_may_not_ask_for_more_than_the_baseline() -> None:
    """Neither as an overload nor as an instance: nobody but its callers could test the CPU."""
    edited = file().replace("long long f(", '__attribute__((target("avx2"))) long long f(')
    for qualname in ("f", "geo::f(const geo::Point&, int)", "geo::f<std::string>"):
        evidence = cpp_policy.check(replace(target(file()), qualname=qualname), Edit(edited))
        assert evidence.data["refused"][0][1] == "`target` on the function itself"
