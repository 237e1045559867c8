// class: fast-math (a pragma); gate: scope, policy
// target: multiply
#include <cstddef>
#include <stdexcept>
#include <vector>

#pragma GCC optimize("Ofast")

std::vector<double> multiply(const std::vector<double>& left, const std::vector<double>& right,
                             std::size_t size) {
    if (left.size() != size * size || right.size() != size * size)
        throw std::invalid_argument("a matrix is not square");
    std::vector<double> product(size * size);
    for (std::size_t row = 0; row < size; ++row)
        for (std::size_t k = 0; k < size; ++k)
            for (std::size_t column = 0; column < size; ++column)
                product[row * size + column] += left[row * size + k] * right[k * size + column];
    return product;
}
