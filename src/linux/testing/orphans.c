/* Leaves argv[1] children behind that all end at the moment this program does: their end of the pipe closes then. */
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv) {
  int ends[2];
  char byte;
  if (argc < 2 || pipe(ends) != 0) return 2;
  for (int left = atoi(argv[1]); left > 0; left--) {
    pid_t child = fork();
    if (child < 0) return 3;
    if (child == 0) {
      close(ends[1]);
      _exit(read(ends[0], &byte, 1) == 0 ? 0 : 4);
    }
  }
  return 0;
}
