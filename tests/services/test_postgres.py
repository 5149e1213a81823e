"""PostgreSQL."""
from service_case import ServiceCase, client, services


def psql(postgres, statement):
    return client("psql", "-X", "-A", "-t", "-q", postgres.addresses()["postgres-url"], "-c", statement).strip()


class PostgresTest(ServiceCase):
    def test_data_survive_kill9_and_two_run_side_by_side(self):
        postgres, other = services.postgres(), services.postgres()
        with self.gone_afterwards(postgres, other):
            psql(postgres, "create table users (name text); insert into users values ('Ada')")
            for _ in range(3):
                postgres.kill9()
                postgres.start()
                self.assertEqual("Ada", psql(postgres, "select name from users"))
            postgres.restart()
            self.assertEqual("Ada", psql(postgres, "select name from users"))
            self.assertEqual("0", psql(other, "select count(*) from pg_tables where tablename = 'users'"))

    def test_nobody_gets_in_without_the_password(self):
        postgres = self.began(services.postgres())
        url = f"postgresql://postgres:guess@{postgres.address('postgres')}/postgres"
        with self.assertRaisesRegex(AssertionError, "password authentication failed"):
            client("psql", "-X", url, "-c", "select 1")
