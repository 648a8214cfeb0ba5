// hiredis as formatter and reply reader; its sockets are not used (NIO owns those). Imported by RedisClient only.
#ifndef MILLRACE_CHIREDIS_SHIM_H
#define MILLRACE_CHIREDIS_SHIM_H

#include <hiredis/hiredis.h>
#include <hiredis/read.h>

#endif
