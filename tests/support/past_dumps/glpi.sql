-- MySQL dump 10.13
/*!40101 SET NAMES utf8mb4 */;
/*!40103 SET TIME_ZONE='+00:00' */;
CREATE TABLE `glpi_tickets` (
  `id` int unsigned NOT NULL AUTO_INCREMENT,
  `entities_id` int unsigned NOT NULL DEFAULT '0',
  `name` varchar(255) DEFAULT NULL,
  `date` timestamp NULL DEFAULT NULL,
  `closedate` timestamp NULL DEFAULT NULL,
  `solvedate` timestamp NULL DEFAULT NULL,
  `date_mod` timestamp NULL DEFAULT NULL,
  `users_id_recipient` int unsigned NOT NULL DEFAULT '0',
  `status` int NOT NULL DEFAULT '1',
  `content` longtext,
  `urgency` int NOT NULL DEFAULT '1',
  `priority` int NOT NULL DEFAULT '1',
  `itilcategories_id` int unsigned NOT NULL DEFAULT '0',
  `is_deleted` tinyint NOT NULL DEFAULT '0',
  PRIMARY KEY (`id`)
) ENGINE=InnoDB;
INSERT INTO `glpi_documents` (`id`,`name`,`filename`,`filepath`,`mime`) VALUES (4,'tela','tela \"nova\".png','PNG/0a/tela.PNG','image/png');
INSERT INTO `glpi_documents_items` (`id`,`documents_id`,`items_id`,`itemtype`) VALUES (1,4,51,'ITILFollowup');
INSERT INTO `glpi_entities` (`id`,`name`,`completename`) VALUES (0,'Raiz','Órgão > Raiz');
INSERT INTO `glpi_groups` (`id`,`name`,`completename`) VALUES (2,'N2','Suporte > N2');
INSERT INTO `glpi_groups_tickets` (`id`,`tickets_id`,`groups_id`,`type`) VALUES (1,7,2,2);
INSERT INTO `glpi_itilcategories` (`id`,`name`,`completename`) VALUES (3,'Rede','TI > Rede');
INSERT INTO `glpi_itilfollowups` (`id`,`itemtype`,`items_id`,`date`,`users_id`,`content`,`is_private`) VALUES
(50,'Ticket',7,'2022-02-01 13:00:00',30,'&lt;p&gt;Ainda n&atilde;o funciona; d&#39;&aacute;gua no cabo&lt;/p&gt;',0),
(51,'Ticket',7,'2022-02-01 14:00:00',40,'Troquei o cabo\r\nda sala; it''s ok',1),
(52,'Problem',7,'2022-02-01 14:00:00',40,'de outro objeto',0);
INSERT INTO `glpi_itilsolutions` (`id`,`itemtype`,`items_id`,`content`,`date_creation`,`users_id`,`status`) VALUES (9,'Ticket',7,'<p>Cabo trocado</p>','2022-02-02 15:00:00',40,3);
INSERT INTO `glpi_logs` VALUES (1,'texto com
INSERT INTO `glpi_tickets` VALUES (99,0,'falso');
',2);
INSERT INTO `glpi_tickets` VALUES (7,0,'Rede caiu; sala 3 (térreo)','2022-02-01 12:00:00','2022-02-05 12:00:00','2022-02-02 15:00:00','2022-02-05 12:00:00',30,6,'&#60;p&#62;Sem rede desde cedo&#60;/p&#62;',4,5,3,0),(8,0,'Lixo','2022-02-01 12:00:00',NULL,NULL,NULL,30,1,'x',1,3,0,1),(9,0,'Com e-mail avulso','2022-03-01 12:00:00',NULL,NULL,'2022-03-01 12:00:00',0,4,'Preciso de acesso',1,3,0,0);
INSERT INTO `glpi_tickets_users` (`id`,`tickets_id`,`users_id`,`type`,`use_notification`,`alternative_email`) VALUES (1,7,30,1,1,NULL),(2,7,40,2,1,NULL),(3,9,0,1,1,'cidadao@exemplo.org');
INSERT INTO `glpi_useremails` (`id`,`users_id`,`is_default`,`email`) VALUES (1,30,1,'joão@exemplo.org'),(2,30,0,'joao@exemplo.org'),(3,40,1,'helena@orgao.gov.br');
INSERT INTO `glpi_users` (`id`,`name`,`phone`,`phone2`,`mobile`,`realname`,`firstname`,`registration_number`) VALUES (30,'joao','','','61 98765-4321','Sant\'Anna','João','1234567'),(40,'helena','','','','Antunes','Helena',NULL);
INSERT INTO `glpi_tickets` VALUES (10,0,'Cortado no me