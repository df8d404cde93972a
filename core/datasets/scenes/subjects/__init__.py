"""What the drawn scenes show: one file a class, with its limbs and poses."""
