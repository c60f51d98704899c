/* A disk that is full or fails to sync, as the first letter of a file says: f, s. Loaded before the C library
   (LD_PRELOAD), it concerns the files of an embedded database alone. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char fault(int fd) {
    const char *control = getenv("QUITTANCE_BAD_DISK");
    char link[64], name[512], letter = 0;
    int file = control ? open(control, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return 0;
    if (read(file, &letter, 1) != 1) letter = 0;
    close(file);
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, name, sizeof name - 1);
    if (length < 0) return 0;
    name[length] = 0;
    return strstr(name, "quittance.db") ? letter : 0;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define FAIL_IF(letter, error) if (fault(fd) == letter) { errno = error; return -1; }

ssize_t write(int fd, const void *bytes, size_t count) { FAIL_IF('f', ENOSPC) return REAL(write)(fd, bytes, count); }
ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) {
    FAIL_IF('f', ENOSPC) return REAL(pwrite)(fd, bytes, count, at);
}
ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) {
    FAIL_IF('f', ENOSPC) return REAL(pwrite64)(fd, bytes, count, at);
}
int fsync(int fd) { FAIL_IF('s', EIO) return REAL(fsync)(fd); }
int fdatasync(int fd) { FAIL_IF('s', EIO) return REAL(fdatasync)(fd); }
