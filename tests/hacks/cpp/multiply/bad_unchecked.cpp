// class: out of bounds (the sizes are no longer checked); gate: sanitize, fuzz, replay, coverage, mutants
// target: multiply
#include <cstddef>
#include <stdexcept>
#include <vector>

std::vector<double> multiply(const std::vector<double>& left, const std::vector<double>& right,
                             std::size_t size) {
    std::vector<double> product(size * size);
    for (std::size_t row = 0; row < size; ++row)
        for (std::size_t k = 0; k < size; ++k)
            for (std::size_t column = 0; column < size; ++column)
                product[row * size + column] += left[row * size + k] * right[k * size + column];
    return product;
}
