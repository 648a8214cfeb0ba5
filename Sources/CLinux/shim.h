// What Executors needs of Linux and Swift's Glibc module leaves out: epoll, eventfd, and a thread's name.

#ifndef MILLRACE_CLINUX_SHIM_H
#define MILLRACE_CLINUX_SHIM_H

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>

// Names the calling thread. Swift cannot call variadic functions.
static inline int millrace_name_thread(const char *name) {
  return prctl(PR_SET_NAME, name, 0, 0, 0);
}

#endif
