"""Pictures that come with the program or with a benchmark: data sets, samples, the test chart."""
