// For a test: tries from inside a locked-down runner what must be refused.
#include "CScriptRunner.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

static int succeeded;

static void report(const char *attempt, long result) {
  int code = errno;
  bool refused = result < 0;
  if (!refused) succeeded++;
  // Not dprintf: it looks at the descriptor first, which is refused too.
  char line[200];
  int length = snprintf(
    line, sizeof line, "%s %s: %s\n", refused ? "refused" : "ALLOWED", attempt, refused ? strerror(code) : "done");
  (void)!write(STDERR_FILENO, line, (size_t)length);
}

/// A new process must not go on with this one's work.
static long in_child(long process) {
  if (process == 0) _exit(0);
  return process;
}

static void probe_processes(void) {
  char *const none[] = {NULL};
  report("fork", in_child(syscall(SYS_fork)));
  report("vfork", in_child(vfork()));
  report("clone of a process", in_child(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0)));
  report("clone3", in_child(syscall(SYS_clone3, NULL, 0)));
  report("execve", execve("/bin/true", none, none));
  report("kill of the parent", kill(getppid(), 0));
  report("kill of the process group", kill(0, 0));
  report("tgkill of process 1", syscall(SYS_tgkill, 1, 1, 0));
  report("ptrace", ptrace(PTRACE_TRACEME, 0, NULL, NULL));
  struct iovec nothing = {0};
  report("process_vm_readv", syscall(SYS_process_vm_readv, getppid(), &nothing, 1, &nothing, 1, 0));
  report("pidfd_open", syscall(SYS_pidfd_open, getpid(), 0));
}

static void probe_files(void) {
  report("open of /etc/passwd", open("/etc/passwd", O_RDONLY));
  report("open by the older call", syscall(SYS_open, "/etc/passwd", O_RDONLY));
  report("open for writing", open("/tmp/millrace-script-probe", O_WRONLY | O_CREAT, 0600));
  report("openat2", syscall(SYS_openat2, AT_FDCWD, "/etc/passwd", NULL, 0));
  struct stat status;
  report("stat", stat("/etc/passwd", &status));
  report("unlink", unlink("/tmp/millrace-script-probe"));
  report("mkdir", mkdir("/tmp/millrace-script-probe", 0700));
  report("memfd_create", memfd_create("probe", 0));
  report("dup", dup(STDERR_FILENO));
}

static void probe_sockets(void) {
  report("socket (internet)", socket(AF_INET, SOCK_STREAM, 0));
  report("socket (local)", socket(AF_UNIX, SOCK_STREAM, 0));
  int pair[2];
  report("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
  struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/run/probe"};
  report("connect", connect(STDIN_FILENO, (struct sockaddr *)&address, sizeof address));
  // Descriptors could be passed in by these.
  struct msghdr message = {0};
  report("recvmsg", recvmsg(STDIN_FILENO, &message, MSG_DONTWAIT));
  report("sendmsg", sendmsg(STDIN_FILENO, &message, MSG_DONTWAIT));
}

int script_probe_lock_down(void) {
  probe_processes();
  probe_files();
  probe_sockets();
  report("io_uring_setup", syscall(SYS_io_uring_setup, 1, NULL));
  report("bpf", syscall(SYS_bpf, 0, NULL, 0));
  report("userfaultfd", syscall(SYS_userfaultfd, 0));
  report("prctl", prctl(PR_SET_DUMPABLE, 1, 0, 0, 0));
  report("setuid", setuid(0));
  return succeeded;
}
