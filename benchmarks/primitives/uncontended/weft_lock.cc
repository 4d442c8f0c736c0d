// Comparison: weft::Lock.
#include "weft/primitives/lock.h"

#include "primitives/uncontended/weft.h"

int main(int argc, char** argv) { return uncontended::run<weft::Lock>("uncontended_weft_lock", argc, argv); }
