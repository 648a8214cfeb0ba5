// libcurl for OutboundHTTP: Swift cannot call variadic functions, so every option and every answer has a function of
// its own type here. Each takes exactly what libcurl documents for the options of that type.

#ifndef MILLRACE_CCURL_SHIM_H
#define MILLRACE_CCURL_SHIM_H

#include <curl/curl.h>
#include <locale.h>
#include <stdbool.h>

// curl.h puts macros of these names over the functions to check argument types.
#undef curl_easy_setopt
#undef curl_easy_getinfo
#undef curl_multi_setopt
#undef curl_share_setopt

typedef size_t (*millrace_curl_data_callback)(char *bytes, size_t size, size_t count, void *context);
typedef curl_socket_t (*millrace_curl_open_callback)(void *context, curlsocktype purpose, struct curl_sockaddr *address);
typedef int (*millrace_curl_socket_callback)(CURL *easy, curl_socket_t socket, int what, void *context, void *socket_context);
typedef int (*millrace_curl_timer_callback)(CURLM *multi, long milliseconds, void *context);

static inline CURLcode millrace_curl_global_init(void) {
  // libcurl's IDN library reads host names in the encoding of the locale, which is ASCII at a program's start.
  setlocale(LC_CTYPE, "C.UTF-8");
  return curl_global_init(CURL_GLOBAL_ALL);
}

// Whether this build of libcurl takes the system's authorities from one file.
static inline bool millrace_curl_has_authority_file(void) {
  return curl_version_info(CURLVERSION_NOW)->cainfo != NULL;
}

static inline CURLcode millrace_curl_set_long(CURL *easy, CURLoption option, long value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode millrace_curl_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode millrace_curl_set_string(CURL *easy, CURLoption option, const char *value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode millrace_curl_set_pointer(CURL *easy, CURLoption option, void *value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode millrace_curl_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode millrace_curl_set_data_callback(CURL *easy, CURLoption option, millrace_curl_data_callback value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode millrace_curl_set_open_callback(CURL *easy, millrace_curl_open_callback value) {
  return curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, value);
}

typedef int (*millrace_curl_start_callback)(void *, char *, char *, int, int);

static inline CURLcode millrace_curl_set_start_callback(CURL *easy, millrace_curl_start_callback value) {
  return curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, value);
}

static inline CURLcode millrace_curl_get_long(CURL *easy, CURLINFO info, long *value) {
  return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode millrace_curl_get_offset(CURL *easy, CURLINFO info, curl_off_t *value) {
  return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode millrace_curl_get_string(CURL *easy, CURLINFO info, char **value) {
  return curl_easy_getinfo(easy, info, value);
}

static inline CURLMcode millrace_curl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
  return curl_multi_setopt(multi, option, value);
}

static inline CURLMcode millrace_curl_multi_set_pointer(CURLM *multi, CURLMoption option, void *value) {
  return curl_multi_setopt(multi, option, value);
}

static inline CURLMcode millrace_curl_multi_set_socket_callback(CURLM *multi, millrace_curl_socket_callback value) {
  return curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, value);
}

static inline CURLMcode millrace_curl_multi_set_timer_callback(CURLM *multi, millrace_curl_timer_callback value) {
  return curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, value);
}

static inline CURLSHcode millrace_curl_share_set_data(CURLSH *share, curl_lock_data data) {
  return curl_share_setopt(share, CURLSHOPT_SHARE, data);
}

// The result of a finished transfer is in a union.
static inline CURLcode millrace_curl_message_result(const CURLMsg *message) {
  return message->data.result;
}

// The address of a longer allocation than `struct sockaddr`: it must not be copied by value.
static inline const struct sockaddr *millrace_curl_address(const struct curl_sockaddr *address) {
  return &address->addr;
}

static inline curl_socket_t millrace_curl_no_socket(void) {
  return CURL_SOCKET_BAD;
}

#endif
