# target: Matrix.product
"""Matrices as lists of rows."""


class Matrix:
    """Operations on lists of rows of whole numbers."""

    @staticmethod
    def product(left: list[list[int]], right: list[list[int]]) -> list[list[int]]:
        """Return the matrix product.

        Raises:
            ValueError: the shapes do not fit, or a row has another length than the first.
        """
        inner = len(right)
        columns = len(right[0]) if right else 0
        for row in left:
            if len(row) != inner:
                raise ValueError(f"a row of {len(row)} does not fit {inner} rows")
        for row in right:
            if len(row) != columns:
                raise ValueError(f"a row of {len(row)} among rows of {columns}")
        result = []
        for i in range(len(left)):
            line = []
            for j in range(columns):
                total = 0
                for k in range(inner):
                    total = total + left[i][k] * right[k][j]
                line.append(total)
            result.append(line)
        return result
