// JavaScriptCore's C API for millrace-script, and what the library exports beyond its public headers.
#ifndef MILLRACE_CJAVASCRIPTCORE_SHIM_H
#define MILLRACE_CJAVASCRIPTCORE_SHIM_H

#include <JavaScriptCore/JavaScript.h>
#include <stdbool.h>

typedef bool (*JSShouldTerminateCallback)(JSContextRef context, void *state);

/// Ends JavaScript that computes for longer than `limit` seconds in one entry, unless the callback says no.
void JSContextGroupSetExecutionTimeLimit(
  JSContextGroupRef group, double limit, JSShouldTerminateCallback callback, void *state);

/// Collects everything now, however long it takes; `JSGarbageCollect` only hints.
void JSSynchronousGarbageCollectForDebugging(JSContextRef context);

#endif
