#include "alone.h"
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

static bool keep_alone(int fd) {
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  if (!fcntl(fd, F_SETLK, &lock)) return true;
  if (errno != EACCES && errno != EAGAIN) return true; /* a file system that knows no locks */
  errno = EBUSY;
  return false;
}

static FILE *take(const char *name, int flags) {
  int fd = open(name, O_RDWR | O_CLOEXEC | flags, 0666);
  if (fd < 0) return NULL;
  struct stat mine, there;
  bool alone = keep_alone(fd);
  if (alone && (fstat(fd, &mine) || stat(name, &there) || mine.st_ino != there.st_ino)) {
    errno = EBUSY; /* it got its name from another just now */
    alone = false;
  }
  FILE *f = alone ? fdopen(fd, "r+b") : NULL;
  if (f) return f;
  int error = errno;
  close(fd);
  errno = error;
  return NULL;
}

FILE *tw_open_alone(const char *name) {
  return take(name, 0);
}

FILE *tw_make_alone(const char *name) {
  FILE *f = take(name, O_CREAT);
  struct stat is;
  if (f && !fstat(fileno(f), &is) && (!S_ISREG(is.st_mode) || !ftruncate(fileno(f), 0))) return f;
  int error = errno;
  if (f) fclose(f);
  errno = error;
  return NULL;
}
