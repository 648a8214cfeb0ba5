// The walls around a runner: what it gives up before the engine starts, and the system calls left to it afterwards.
#include "CScriptRunner.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <pthread.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

static void offer_to_out_of_memory_killer(void) {
  int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (file < 0) return;
  (void)!write(file, "1000", 4);
  close(file);
}

static bool limit(int resource, rlim_t value) {
  struct rlimit limits = {value, value};
  return setrlimit(resource, &limits) == 0;
}

/// A crash is to be the process's end and no more: Swift's handlers would start a debugger, which the filter refuses.
static void die_plainly(void) {
  static const int signals[] = {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGQUIT, SIGSEGV, SIGTRAP};
  for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) signal(signals[i], SIG_DFL);
}

bool script_prepare(void) {
  die_plainly();
  if (dup2(STDERR_FILENO, STDOUT_FILENO) < 0) return false;
  if (close_range(STDERR_FILENO + 1, ~0U, 0) != 0) return false;
  offer_to_out_of_memory_killer();
  return limit(RLIMIT_CORE, 0) && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
}

/// What computing, memory, the engine's threads and the descriptors that are open need, whatever the arguments.
static const int allowed[] = {
  SCMP_SYS(read), SCMP_SYS(pread64), SCMP_SYS(write), SCMP_SYS(poll), SCMP_SYS(ppoll),
  SCMP_SYS(futex), SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity), SCMP_SYS(membarrier),
  SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep),
  SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(getrusage), SCMP_SYS(getrandom),
  SCMP_SYS(mmap), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(mprotect), SCMP_SYS(madvise), SCMP_SYS(brk),
  SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(set_robust_list), SCMP_SYS(rseq),
  SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigsuspend),
  SCMP_SYS(sigaltstack), SCMP_SYS(restart_syscall), SCMP_SYS(exit), SCMP_SYS(exit_group),
};

static bool add_rules(scmp_filter_ctx filter) {
  for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
    if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0) != 0) return false;
  const scmp_datum_t own = (scmp_datum_t)getpid();
  return
    // Threads, not processes; glibc falls back to clone when clone3, whose flags a filter cannot see, is missing.
    seccomp_rule_add(
      filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1, SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD)) == 0
    && seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0
    // The collector stops threads by signals; nobody else may get one.
    && seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, SCMP_A0(SCMP_CMP_EQ, own)) == 0
    && seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1, SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME)) == 0;
}

bool script_lock_down(void) {
  // Room for what is open; poll(2) refuses more descriptors than this.
  if (!limit(RLIMIT_NOFILE, 16)) return false;
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
  if (!filter) return false;
  bool loaded = seccomp_attr_set(filter, SCMP_FLTATR_CTL_NNP, 1) == 0
    && seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1) == 0
    && seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2) == 0
    && add_rules(filter) && seccomp_load(filter) == 0;
  seccomp_release(filter);
  return loaded;
}

static void *wait_for_peer(void *argument) {
  struct pollfd peer = {.fd = (int)(intptr_t)argument, .events = POLLRDHUP};
  while (poll(&peer, 1, -1) < 0 && errno == EINTR) {}
  _exit(0);
}

// A parent-death signal would come when the parent's thread that started this process ends, which is too early.
bool script_end_with_peer(int descriptor) {
  pthread_t thread;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 64 << 10);
  bool started = pthread_create(&thread, &attributes, wait_for_peer, (void *)(intptr_t)descriptor) == 0;
  pthread_attr_destroy(&attributes);
  return started;
}
