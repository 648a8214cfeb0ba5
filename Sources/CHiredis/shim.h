// hiredis as reply reader; its sockets and its formatter are not used (NIO and RedisCommand have those). Imported by RedisClient only.
#ifndef MILLRACE_CHIREDIS_SHIM_H
#define MILLRACE_CHIREDIS_SHIM_H

#include <hiredis/hiredis.h>
#include <hiredis/read.h>

#endif
