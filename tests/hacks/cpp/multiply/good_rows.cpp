// kind: memory order (rows of the right matrix, the same order of sums)
// target: multiply
#include <cstddef>
#include <stdexcept>
#include <vector>

std::vector<double> multiply(const std::vector<double>& left, const std::vector<double>& right,
                             std::size_t size) {
    if (left.size() != size * size || right.size() != size * size)
        throw std::invalid_argument("a matrix is not square");
    if (size > left.size()) throw std::out_of_range("size * size wraps around");
    std::vector<double> product(size * size);
    for (std::size_t row = 0; row < size; ++row) {
        double* const sums = product.data() + row * size;
        for (std::size_t k = 0; k < size; ++k) {
            const double factor = left[row * size + k];
            const double* const values = right.data() + k * size;
            for (std::size_t column = 0; column < size; ++column)
                sums[column] += factor * values[column];
        }
    }
    return product;
}
