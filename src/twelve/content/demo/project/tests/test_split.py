"""What a diner expects of the bill."""

import unittest

from tally.split import split_bill


class SplitBill(unittest.TestCase):
    def test_even_bill_is_shared_evenly(self) -> None:
        self.assertEqual(split_bill(900, 3), [300, 300, 300])

    def test_shares_add_up_to_the_bill(self) -> None:
        for total, people in ((1000, 3), (1, 4), (999, 7)):
            with self.subTest(total=total, people=people):
                self.assertEqual(sum(split_bill(total, people)), total)

    def test_nobody_pays_more_than_a_cent_extra(self) -> None:
        shares = split_bill(1000, 3)
        self.assertLessEqual(max(shares) - min(shares), 1)

    def test_an_empty_table_cannot_pay(self) -> None:
        with self.assertRaises(ValueError):
            split_bill(100, 0)


if __name__ == "__main__":
    unittest.main()
