#include <racktwin.h>
const char *version();
const char *version() { return racktwin_version(); }
