// The prelude's JavaScript files, embedded in the order in which they are run.
#include "CScriptRunner.h"

static const char encoding_js[] = {
#embed "prelude/encoding.js"
  , 0};
static const char text_coders_js[] = {
#embed "prelude/text-coders.js"
  , 0};
static const char buffer_js[] = {
#embed "prelude/buffer.js"
  , 0};
static const char buffer_numbers_js[] = {
#embed "prelude/buffer-numbers.js"
  , 0};
static const char crypto_js[] = {
#embed "prelude/crypto.js"
  , 0};
static const char search_params_js[] = {
#embed "prelude/search-params.js"
  , 0};
static const char url_host_js[] = {
#embed "prelude/url-host.js"
  , 0};
static const char url_path_js[] = {
#embed "prelude/url-path.js"
  , 0};
static const char url_parser_js[] = {
#embed "prelude/url-parser.js"
  , 0};
static const char url_js[] = {
#embed "prelude/url.js"
  , 0};
static const char globals_js[] = {
#embed "prelude/globals.js"
  , 0};
static const char structured_clone_js[] = {
#embed "prelude/structured-clone.js"
  , 0};
static const char inspect_js[] = {
#embed "prelude/inspect.js"
  , 0};
static const char console_js[] = {
#embed "prelude/console.js"
  , 0};
static const char failure_js[] = {
#embed "prelude/failure.js"
  , 0};
static const char result_js[] = {
#embed "prelude/result.js"
  , 0};
static const char compile_js[] = {
#embed "prelude/compile.js"
  , 0};
static const char run_js[] = {
#embed "prelude/run.js"
  , 0};
static const char realm_js[] = {
#embed "prelude/realm.js"
  , 0};

static const script_source files[] = {
  {"encoding.js", encoding_js},
  {"text-coders.js", text_coders_js},
  {"buffer.js", buffer_js},
  {"buffer-numbers.js", buffer_numbers_js},
  {"crypto.js", crypto_js},
  {"search-params.js", search_params_js},
  {"url-host.js", url_host_js},
  {"url-path.js", url_path_js},
  {"url-parser.js", url_parser_js},
  {"url.js", url_js},
  {"globals.js", globals_js},
  {"structured-clone.js", structured_clone_js},
  {"inspect.js", inspect_js},
  {"console.js", console_js},
  {"failure.js", failure_js},
  {"result.js", result_js},
  {"compile.js", compile_js},
  {"run.js", run_js},
  {"realm.js", realm_js},
  {0, 0},
};

const script_source *const script_prelude = files;
