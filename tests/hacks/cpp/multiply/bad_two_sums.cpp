// class: reassociation (two sums side by side); gate: replay, fuzz
// target: multiply
#include <cstddef>
#include <stdexcept>
#include <vector>

std::vector<double> multiply(const std::vector<double>& left, const std::vector<double>& right,
                             std::size_t size) {
    if (left.size() != size * size || right.size() != size * size)
        throw std::invalid_argument("a matrix is not square");
    std::vector<double> product(size * size);
    for (std::size_t row = 0; row < size; ++row) {
        for (std::size_t column = 0; column < size; ++column) {
            double even = 0, odd = 0;
            std::size_t k = 0;
            for (; k + 1 < size; k += 2) {
                even += left[row * size + k] * right[k * size + column];
                odd += left[row * size + k + 1] * right[(k + 1) * size + column];
            }
            if (k < size) even += left[row * size + k] * right[k * size + column];
            product[row * size + column] = even + odd;
        }
    }
    return product;
}
