/*
 * A pod that has everything a pod can have (privileged, the host's processes and network) and does what it is told
 * on TCP port 7000, one word and one argument a line. It is how the tests get inside a machine that has no shell.
 *
 *   kill NAME     SIGKILL to every process of that name; answers "killed COUNT"
 *   module        tries to load a kernel module; answers the error's name
 *   reboot        tries to reboot; answers the error's name
 *   raise         tries to give itself CAP_SYS_MODULE and CAP_SYS_BOOT; answers the error's name
 *   quit          ends the connection
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *outcome(int result) { return result == 0 ? "done" : strerrorname_np(errno); }

static const char *base_name(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

static int is_called(int pid, const char *name) {
  char path[64], text[4096] = {0};
  snprintf(path, sizeof path, "/proc/%d/cmdline", pid);
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  ssize_t length = read(file, text, sizeof text - 1); /* argv[0] ends at the first NUL */
  close(file);
  return length > 0 && strcmp(base_name(text), name) == 0;
}

static int kill_all(const char *name) {
  int count = 0;
  DIR *processes = opendir("/proc");
  if (!processes) return 0;
  for (struct dirent *entry; (entry = readdir(processes));) {
    int pid = atoi(entry->d_name);
    if (pid > 1 && pid != getpid() && is_called(pid, name) && kill(pid, SIGKILL) == 0) count++;
  }
  closedir(processes);
  return count;
}

static int load_module(void) {
  int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  int result = (int)syscall(SYS_finit_module, file, "", 0);
  int error = errno;
  close(file);
  errno = error;
  return result;
}

static int raise_capabilities(void) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2];
  if (syscall(SYS_capget, &header, data) != 0) return -1;
  unsigned wanted = 1u << CAP_SYS_MODULE | 1u << CAP_SYS_BOOT;
  data[0].effective |= wanted;
  data[0].permitted |= wanted;
  return (int)syscall(SYS_capset, &header, data);
}

static void serve(FILE *connection) {
  char line[256], word[32], argument[128];
  while (fgets(line, sizeof line, connection)) {
    int fields = sscanf(line, "%31s %127s", word, argument);
    if (fields < 1 || strcmp(word, "quit") == 0) return;
    if (fields == 2 && strcmp(word, "kill") == 0) fprintf(connection, "killed %d\n", kill_all(argument));
    else if (strcmp(word, "module") == 0) fprintf(connection, "%s\n", outcome(load_module()));
    else if (strcmp(word, "reboot") == 0) fprintf(connection, "%s\n", outcome(reboot(RB_AUTOBOOT)));
    else if (strcmp(word, "raise") == 0) fprintf(connection, "%s\n", outcome(raise_capabilities()));
    else fprintf(connection, "unknown\n");
    fflush(connection);
  }
}

int main(void) {
  signal(SIGPIPE, SIG_IGN);
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(7000)};
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 8) != 0) {
    perror("listen");
    return 1;
  }
  puts("ready");
  fflush(stdout);
  for (;;) {
    int accepted = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (accepted < 0) continue;
    FILE *connection = fdopen(accepted, "r+");
    if (!connection) {
      close(accepted);
      continue;
    }
    serve(connection);
    fclose(connection);
  }
}
