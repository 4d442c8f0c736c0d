// Comparison: weft::Semaphore.
#include "weft/primitives/semaphore.h"

#include "primitives/uncontended/weft.h"

int main(int argc, char** argv) { return uncontended::run<weft::Semaphore>("uncontended_weft_semaphore", argc, argv); }
